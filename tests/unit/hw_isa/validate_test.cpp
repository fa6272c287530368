// What a command must satisfy by itself.
#include "hw/isa/validate.h"

#include <gtest/gtest.h>

#include "hw/isa/names.h"

namespace systolith {
namespace {

Matmul good_matmul() {
  Matmul matmul;
  matmul.rows = matmul.cols = 4;
  matmul.feed.channels = 4;
  return matmul;
}

TEST(CommandValidation, AcceptsAWellFormedMatmul) {
  EXPECT_EQ(defect_of(good_matmul()), std::nullopt);
}

TEST(CommandValidation, CountsAreAtLeastOne) {
  Matmul matmul = good_matmul();
  matmul.cols = 0;
  EXPECT_EQ(defect_of(matmul), "matmul: cols = 0 (allowed: 1 to 2147483647)");
  Load load;
  load.run = 1;
  load.loops[2].count = 0;
  EXPECT_EQ(defect_of(load), "load: a loop's count = 0 (allowed: 1 to 2147483647)");
}

TEST(CommandValidation, EnumerationsAreKnown) {
  Preload preload;
  preload.rows = preload.cols = 1;
  preload.format = static_cast<Format>(77);
  EXPECT_EQ(defect_of(preload),
            "preload: format = number 77 (allowed: int8, uint8, int32, bf16, fp32, int4, "
            "uint4, int16, fp8_e4m3, fp8_e5m2, fp16)");
}

TEST(CommandValidation, ATransposerTakesNoHalfBytes) {
  Preload preload;
  preload.rows = preload.cols = 1;
  preload.format = Format::int4;
  EXPECT_EQ(defect_of(preload), std::nullopt);
  preload.transposed = true;
  EXPECT_EQ(defect_of(preload), "preload: format = int4 (allowed where nothing is transposed)");
  Matmul matmul = good_matmul();
  matmul.format = Format::int4;
  EXPECT_EQ(defect_of(matmul), std::nullopt);
  matmul.feed.transposed = true;
  EXPECT_EQ(defect_of(matmul), "matmul: format = int4 (allowed where nothing is transposed)");
}

TEST(CommandValidation, ATransposedFeedTakesItsPixelsAlongTheRows) {
  Matmul matmul = good_matmul();
  matmul.feed.transposed = true;
  matmul.feed.out_w = 4;
  matmul.feed.channels = 1;
  EXPECT_EQ(defect_of(matmul), std::nullopt);
  matmul.feed.k_begin = 1;
  EXPECT_EQ(defect_of(matmul),
            "matmul: feed.k_begin + rows = 5 is over feed.out_n * out_h * out_w = 4");
  matmul.blocks = 2;
  EXPECT_EQ(defect_of(matmul), "matmul: a transposed feed is of one block");
}

TEST(CommandValidation, SumsAreFp32AndApart) {
  VectorOp op;
  op.function = VectorFunction::reduce_sum;
  op.shape[3] = 2;
  op.a.space = op.destination.space = Space::scratchpad;
  op.destination.format = Format::bf16;
  op.destination.strides[3] = 4;
  EXPECT_EQ(defect_of(op), "vector: destination.format = bf16 (allowed for sums: fp32)");
  op.destination.format = Format::fp32;
  EXPECT_EQ(defect_of(op), std::nullopt);
  op.destination.strides[3] = 0;
  EXPECT_EQ(defect_of(op),
            "vector: the channels of a sum share a place (destination.strides[3] = 0)");
}

TEST(CommandValidation, OnlyAMapDividesAndNotByZero) {
  VectorOp op;
  op.destination.space = op.a.space = Space::scratchpad;
  op.divisor = 3;
  EXPECT_EQ(defect_of(op), std::nullopt);
  op.divisor = 0;
  EXPECT_EQ(defect_of(op), "vector: divisor = 0 (allowed: finite, not 0)");
  op.divisor = 3;
  op.function = VectorFunction::softmax;
  EXPECT_EQ(defect_of(op), "vector: divisor is given, but only a map divides");
}

TEST(CommandValidation, BlocksDivideTheTile) {
  Preload preload;
  preload.rows = 6;
  preload.cols = 4;
  preload.blocks = 4;
  EXPECT_EQ(defect_of(preload), "preload: blocks = 4 doesn't divide rows = 6 and cols = 4");
}

TEST(CommandValidation, TheContractionLiesInsideTheKernel) {
  Matmul matmul = good_matmul();
  matmul.feed.k_begin = 1;
  EXPECT_EQ(defect_of(matmul),
            "matmul: feed.k_begin + rows / blocks = 5 is over feed.kernel_h * kernel_w * channels "
            "= 4");
}

TEST(CommandValidation, SizesThatOverflowAreRefused) {
  Store store;
  store.run = std::int64_t{1} << 50;
  store.loops[0].count = 1 << 30;
  EXPECT_EQ(defect_of(store), "store: run times the loops' counts is over 2^60 bytes");
}

TEST(CommandValidation, AVectorPassNeedsItsOperands) {
  VectorOp op;
  op.destination.space = op.a.space = Space::scratchpad;
  EXPECT_EQ(defect_of(op), std::nullopt);
  op.binary = BinaryFunction::add;
  EXPECT_EQ(defect_of(op),
            "vector: b.space is not given, though binary or pool_max_grad "
            "needs an operand b");
}

TEST(CommandValidation, RoundingsInIntegersAreOfMapsFromInt32IntoIntegers) {
  VectorOp op;
  op.destination.space = Space::scratchpad;
  op.a.space = Space::accumulator;
  op.a.format = Format::int32;
  op.rounding = Rounding::double_rounding;
  EXPECT_EQ(defect_of(op), std::nullopt);
  op.activation = Activation::sigmoid;
  EXPECT_EQ(defect_of(op),
            "vector: rounding = double_rounding (allowed for a map of one operand, with no "
            "activation or a clamp, scale_out = 1 and divisor = 1)");
  op.activation = Activation::clamp;
  EXPECT_EQ(defect_of(op), std::nullopt);
  op.destination.format = Format::fp32;
  EXPECT_EQ(defect_of(op),
            "vector: rounding = double_rounding from int32 into fp32 (allowed from int32 into "
            "integers)");
}

TEST(CommandValidation, OptionalParametersMayBeAbsentButNotOutOfReach) {
  VectorOp op;
  op.destination.space = op.a.space = Space::scratchpad;
  op.bias_address = VectorOp::kAbsent - 1;
  EXPECT_EQ(defect_of(op),
            "vector: bias_address = 18446744073709551614 (allowed: 0 to 4503599627370496)");
}

TEST(CommandNames, FollowTheOperationsOrder) {
  EXPECT_EQ(to_string(Command{0, {}, {}, {}, {}, VectorOp{}}.opcode()), "vector");
  EXPECT_EQ(to_string(Command{0, {}, {}, {}, {}, Preload{}}.engine()), "weights");
  EXPECT_EQ(enum_table<Engine>().entries.size(), kEngines);
  EXPECT_EQ(enum_table<Opcode>().entries.size(), std::variant_size_v<Operation>);
}

TEST(Validate, ATransferCutsNoElementAndPadsOnlyWhatStaysAsItIs) {
  Load load;
  load.run = 64;
  load.element = 4;
  load.element_stride = 100;
  EXPECT_EQ(defect_of(load), std::nullopt);
  load.element = 3;
  EXPECT_EQ(defect_of(load), "load: element = 3 (allowed: 1, 2, 4, 8)");
  load.element = 2;
  load.half_bytes = HalfBytes::int4;
  EXPECT_EQ(defect_of(load), "load: element = 2 (allowed: 1 of half_bytes)");
  load.half_bytes = HalfBytes::kept;
  load.run = 63;
  EXPECT_EQ(defect_of(load),
            "load: run, system_address or a loop's system_stride is no multiple of element = 2");
  load.run = 64;
  load.pad.left = 1;
  EXPECT_EQ(defect_of(load),
            "load: pad is for runs that stay as they are (element = 0, half_bytes = kept)");
  Store store;
  store.run = 64;
  store.pad.top = 1;
  EXPECT_EQ(defect_of(store), "store: a store pads nothing");
}

}  // namespace
}  // namespace systolith
