// Operands of which two elements share a byte.
#include <gtest/gtest.h>

#include <random>

#include "hw/arith/int4.h"
#include "hw/arith/rounding.h"
#include "hw/control/engine.h"
#include "hw/vector/vector_access.h"
#include "hw/vector/vector_math.h"

namespace systolith {
namespace {

constexpr std::int64_t kBytes = 1024;

std::vector<std::uint8_t> random_bytes(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(kBytes);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// 3 x 4 pixels of 5 channels, from an odd half byte on.
VectorOp over_pixels() {
  VectorOp op;
  op.shape = {1, 3, 4, 5};
  op.a = {Space::scratchpad, 13, Format::int4, {0, 40, 8, 1}};
  op.zero_a = -3;
  op.scale_a = 0.375F;
  op.window.in_h = 3;
  op.window.in_w = 4;
  return op;
}

// The op on int4 operands against the same one on bytes: half byte i is byte i there.
TEST(Int4Operands, AreReadAsTheirCodes) {
  for (const auto function :
       {VectorFunction::map, VectorFunction::pool_max, VectorFunction::pool_avg,
        VectorFunction::softmax, VectorFunction::one_hot}) {
    std::vector<std::uint8_t> packed = random_bytes(1), wide(2 * kBytes);
    widen_int4(packed.data(), 0, 2 * kBytes, wide.data());
    VectorOp op = over_pixels();
    op.function = function;
    op.binary = function == VectorFunction::map ? BinaryFunction::add : BinaryFunction::none;
    op.b = {Space::scratchpad, 200, Format::int4, {0, 0, 3, 0}};  // broadcast
    op.zero_b = 5;
    op.window.kernel_h = op.window.kernel_w = 2;
    op.destination = {Space::scratchpad, 512, Format::fp32, {0, 80, 20, 4}};
    VectorOp of_bytes = op;
    of_bytes.a.format = of_bytes.b.format = Format::int8;
    run_vector(op, {packed.data(), nullptr, 0});
    run_vector(of_bytes, {wide.data(), nullptr, 0});
    EXPECT_TRUE(std::equal(packed.begin() + 512, packed.begin() + 512 + 240, wide.begin() + 512));
  }
}

TEST(Int4Operands, AreWrittenRoundedAndAloneWhateverTheirStrides) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> spread(-12, 12);
  for (const auto& strides : {std::array<std::int64_t, 4>{0, 40, 8, 1},
                              {0, 5, 15, 1},
                              {0, 1, 3, 12}}) {  // padded pixels, none, and channels first
    std::vector<std::uint8_t> memory = random_bytes(2);
    VectorOp op;
    op.shape = {1, 3, 4, 5};
    op.a = {Space::scratchpad, 512, Format::fp32, {0, 80, 20, 4}};
    op.zero_out = 2;
    op.destination = {Space::scratchpad, 21, Format::int4, strides};
    std::vector<float> values(60);
    for (float& value : values) value = spread(random);
    values[7] = 2.5F;
    std::memcpy(memory.data() + 512, values.data(), 240);
    std::vector<std::uint8_t> expected = memory;
    for (std::int64_t i = 0; i < 60; ++i)
      set_int4(expected.data(),
               21 + i / 20 * strides[1] + i / 5 % 4 * strides[2] + i % 5 * strides[3],
               to_integer(values[static_cast<std::size_t>(i)], 2, Format::int4));
    run_vector(op, {memory.data(), nullptr, 0});
    EXPECT_EQ(memory, expected);
  }
}

TEST(Int4Operands, TakeHalfTheWords) {
  VectorOp op;
  op.shape = {1, 1, 10, 128};
  op.a = {Space::scratchpad, 0, Format::int8, {0, 0, 128, 1}};
  op.destination = {Space::scratchpad, 4096, Format::int8, {0, 0, 128, 1}};
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 40);
  EXPECT_EQ(vector_words(op, Bytes(32)).written, 40);
  op.a.format = op.destination.format = Format::int4;
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 20);
  EXPECT_EQ(vector_words(op, Bytes(32)).written, 20);
}

TEST(Int4Operands, AHalfWrittenByteIsReadFirst) {
  VectorOp op;
  op.shape = {1, 1, 10, 7};
  op.a = {Space::accumulator, 0, Format::int32, {0, 0, 1, 1}};
  op.destination = {Space::scratchpad, 64, Format::int4, {0, 0, 8, 1}};
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 10);  // the end of each pixel
  op.destination.address = 65;
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 10);  // the begin
  op.shape[3] = 6;
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 20);  // both
  op.destination.strides[3] = 16;
  EXPECT_EQ(vector_words(op, Bytes(32)).read, 60);  // every element
  EXPECT_EQ(vector_words(op, Bytes(32)).written, 60);
}

TEST(Int4Operands, ReachTheLastHalfByteAndNoFurther) {
  Command command;
  VectorOp op;
  op.shape = {1, 1, 1, 4};
  op.a = op.destination = {Space::scratchpad, 2 * kBytes - 4, Format::int4, {0, 0, 0, 1}};
  const VectorLimits limits{Bytes(kBytes), 0, 0};
  EXPECT_NO_THROW(check_vector(command, op, limits));
  op.destination.address += 1;
  EXPECT_THROW(check_vector(command, op, limits), UserError);
  op.destination = {Space::accumulator, 0, Format::int4, {0, 0, 0, 1}};
  EXPECT_THROW(check_vector(command, op, {Bytes(kBytes), 8, 8}), UserError);
}

}  // namespace
}  // namespace systolith
