#include <gmock/gmock.h>

#include "compiler/kernels/interpret.h"
#include "compiler/passes/lower.h"
#include "models/ops/macs.h"
#include "tests/unit/compiler_passes/graphs.h"

namespace systolith {
namespace {

using Integers = std::vector<std::int64_t>;

LowerOptions options(Format format, bool fuse_pools = false) {
  LowerOptions result;
  result.format = format;
  result.can_fuse_pool = [=](const KernelGraph&, const ConvKernel&, const PoolSpec&) {
    return fuse_pools;
  };
  return result;
}

KernelGraph lowered(const Graph& graph, Format format = Format::int8, bool fuse_pools = false) {
  return lower(all_passes(graph), options(format, fuse_pools));
}

std::vector<std::string> ops_of(const KernelGraph& kernels) {
  std::vector<std::string> ops;
  for (const Kernel& kernel : kernels.kernels) ops.push_back(kernel.op);
  return ops;
}

// The kernel graph's outputs as real values.
TensorMap interpreted(const KernelGraph& kernels, const TensorMap& inputs) {
  CodeMap codes;
  for (const KernelTensor& t : kernels.tensors)
    if (t.is_input) codes[t.name] = to_codes(t, inputs.at(t.name));
  const CodeMap results = interpret(kernels, codes);
  TensorMap values;
  for (const KernelTensor& t : kernels.tensors)
    if (t.is_output) values[t.name] = from_codes(t, results.at(t.name));
  return values;
}

void expect_close(const Graph& graph, const KernelGraph& kernels, double least_cosine) {
  const TensorMap inputs = seeded_inputs(graph, 1);
  const TensorMap expected = evaluate(graph, inputs), got = interpreted(kernels, inputs);
  for (const auto& [name, value] : expected) {
    ASSERT_EQ(got.count(name), 1U) << name << "\n" << to_text(kernels);
    ASSERT_EQ(got.at(name).shape, value.shape);
    EXPECT_GT(cosine(got.at(name), value), least_cosine) << name << "\n" << to_text(kernels);
  }
}

TEST(Lower, FusesBiasResidualAndActivationIntoTheConvolution) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 6, 6});
  const std::string left = b.conv(x, 8, 8, 3, {{"pads", Integers(4, 1)}});
  const Graph graph = b.finish({b.conv(b.node("Relu", {b.node("Add", {x, left})}), 8, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv+Add+Relu", "Conv"));
  expect_close(graph, kernels, 0.995);
}

TEST(Lower, OfTwoConvolutionsOneTakesTheirSum) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 6, 6});
  const std::string sum = b.node("Add", {b.conv(x, 8, 8, 1), b.conv(x, 8, 8, 1)});
  const Graph graph = b.finish({b.node("Relu", {sum})});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv", "Conv+Add+Relu"));
  expect_close(graph, kernels, 0.995);
}

TEST(Lower, AnActivationBeforeTheSumStaysBeforeIt) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 6, 6});
  const std::string y = b.node("Relu", {b.conv(x, 8, 8, 1)});
  const Graph graph = b.finish({b.conv(b.node("Add", {y, x}), 8, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv+Relu", "Add", "Conv"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, PoolsAreFusedWhereTheMachineHasRoom) {
  GraphBuilder b;
  std::string x = b.node("Relu", {b.conv(b.input("x", {1, 3, 9, 9}), 3, 8, 3)});
  x = b.node("MaxPool", {x}, {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}});
  x = b.node("Clip", {b.conv(x, 8, 8, 1), b.scalar(0), b.scalar(6)});
  const Graph graph = b.finish({b.node("GlobalAveragePool", {x})});
  const KernelGraph apart = lowered(graph), fused = lowered(graph, Format::int8, true);
  EXPECT_THAT(ops_of(apart),
              testing::ElementsAre("Conv+Relu", "MaxPool", "Conv+Clip", "GlobalAveragePool"));
  EXPECT_THAT(ops_of(fused),
              testing::ElementsAre("Conv+Relu+MaxPool", "Conv+Clip+GlobalAveragePool"));
  expect_close(graph, apart, 0.995);
  expect_close(graph, fused, 0.995);
}

TEST(Lower, ConcatenatedConvolutionsWriteIntoOneStorage) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 5, 5});
  const auto concat = [&](const std::string& left, const std::string& right) {
    return b.node("Concat", {left, right}, {{"axis", std::int64_t{1}}});
  };
  const std::string first = concat(b.conv(x, 8, 3, 1), b.conv(x, 8, 5, 1));
  const std::string second = concat(first, b.conv(first, 8, 4, 1));
  const Graph graph = b.finish({b.conv(second, 12, 6, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::Each("Conv"));
  std::size_t views = 0;
  for (std::size_t i = 0; i < kernels.tensors.size(); ++i)
    views += kernels.tensors[i].storage != static_cast<TensorId>(i);
  EXPECT_EQ(views, 4U);  // two parts, their whole, and the third part
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, AGraphInputIsCopiedIntoAConcat) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 3, 5, 5});
  const std::string y = b.node("Concat", {x, b.conv(x, 3, 5, 1)}, {{"axis", std::int64_t{1}}});
  const Graph graph = b.finish({b.conv(y, 8, 6, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv", "Concat", "Conv"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, AValueInTwoConcatsIsCopiedIntoTheSecond) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4, 5, 5});
  const std::string y = b.conv(x, 4, 4, 1), z = b.conv(x, 4, 4, 1);
  const std::map<std::string, Attribute> channels = {{"axis", std::int64_t{1}}};
  const Graph graph = b.finish({b.conv(b.node("Concat", {y, z}, channels), 8, 4, 1),
                                b.conv(b.node("Concat", {z, y, y}, channels), 12, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_EQ(std::get<CopyKernel>(kernels.kernels.at(3).work).pieces.size(), 3U);
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, ConcatsAlongOtherAxesAreCopies) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4, 3, 5});
  const std::string y = b.node("Concat", {b.conv(x, 4, 4, 1), x}, {{"axis", std::int64_t{2}}});
  const Graph graph = b.finish({b.conv(y, 4, 4, 3)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv", "Concat", "Conv"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, AChannelShuffleIsOneCopyOfOnePiece) {
  GraphBuilder b;
  std::string x = b.node("Reshape", {b.input("x", {1, 12, 4, 4}), b.integers({1, 3, 4, 4, 4})});
  x = b.node("Transpose", {x}, {{"perm", Integers{0, 2, 1, 3, 4}}});
  x = b.node("Reshape", {x, b.integers({1, 12, 4, 4})});
  const Graph graph = b.finish({b.conv(x, 12, 12, 1, {{"group", std::int64_t{4}}})});
  const KernelGraph kernels = lowered(graph);
  ASSERT_THAT(ops_of(kernels), testing::ElementsAre("Reshape+Transpose+Reshape", "Conv"));
  EXPECT_EQ(std::get<CopyKernel>(kernels.kernels[0].work).pieces.size(), 1U);
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, ReshapesThatMoveNothingAreNoKernels) {
  GraphBuilder b;
  std::string x = b.node("GlobalAveragePool", {b.conv(b.input("x", {2, 3, 4, 4}), 3, 8, 1)});
  x = b.node("Squeeze", {x, b.integers({2, 3})});
  x = b.node("Relu", {b.node("Gemm", {x, b.constant({8, 6})})});
  const Graph graph = b.finish({b.node("Unsqueeze", {x, b.integers({2, 3})})});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv", "GlobalAveragePool", "Gemm+Relu"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, ASplitAlongChannelsReadsItsInputInPlace) {
  GraphBuilder b;
  const std::string whole = b.conv(b.input("x", {1, 4, 5, 5}), 4, 8, 1);
  const std::string left = b.node("Split", {whole}, {{"axis", std::int64_t{1}}}, 2);
  const Graph graph = b.finish({b.conv(left, 4, 4, 1), b.conv(left + "_1", 4, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::Each("Conv"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, PadsSlicesAndTransposesAreCopies) {
  GraphBuilder b;
  std::string x = b.conv(b.input("x", {1, 4, 5, 5}), 4, 4, 1);
  x = b.node("Pad", {x, b.integers({0, 0, 1, 0, 0, 0, 0, 2}), b.scalar(0.5F)});
  x = b.node("Slice", {x, b.integers({1}), b.integers({5}), b.integers({3})});
  x = b.node("Transpose", {x}, {{"perm", Integers{0, 1, 3, 2}}});
  const Graph graph = b.finish({b.conv(x, 4, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv", "Pad", "Slice+Transpose", "Conv"));
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, OutputsThatAConvolutionReadsTooAreConvertedToReals) {
  GraphBuilder b;
  const std::string y = b.node("Relu", {b.conv(b.input("x", {1, 3, 5, 5}), 3, 8, 3)});
  const Graph graph = b.finish({y, b.conv(y, 8, 4, 1)});
  const KernelGraph kernels = lowered(graph);
  EXPECT_THAT(ops_of(kernels), testing::ElementsAre("Conv+Relu", "Conv", "Output"));
  for (const KernelTensor& t : kernels.tensors)
    EXPECT_TRUE(!t.is_output || t.format == Format::fp32) << t.name;
  expect_close(graph, kernels, 0.99);
}

TEST(Lower, ElementwiseOpsBroadcastAndCurvesRunOnRealValues) {
  GraphBuilder b;
  const std::string x = b.conv(b.input("x", {1, 4, 5, 5}), 4, 8, 1);
  const std::string gate =
      b.node("HardSigmoid", {b.conv(b.node("GlobalAveragePool", {x}), 8, 8, 1)});
  std::string y = b.node("Mul", {gate, x});
  y = b.node("Sub", {b.node("Tanh", {y}), b.node("LeakyRelu", {x})});
  y = b.node("Mul", {y, b.constant({5})});
  const Graph graph = b.finish({b.conv(b.node("HardSwish", {y}), 8, 4, 1)});
  expect_close(graph, lowered(graph), 0.98);
  expect_close(graph, lowered(graph, Format::bf16), 0.999);
}

TEST(Lower, AnOperatorWithoutAKernelIsNamed) {
  GraphBuilder b;
  const Graph graph = b.finish({b.node("LogSoftmax", {b.input("x", {1, 4})})});
  try {
    lowered(graph);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "node 'LogSoftmax_0' (LogSoftmax): the compiler has no kernel for this operator"
                 " on computed values");
  }
}

const KernelTensor& tensor_named(const KernelGraph& kernels, const std::string& name) {
  for (const KernelTensor& tensor : kernels.tensors)
    if (tensor.name == name) return tensor;
  SYSTOLITH_CHECK(false, "no tensor '{}'", name);
}

TEST(LowerInt4, WhatNoConvolutionHasTouchedIsInt8AndTheResultFp32) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 6, 6});
  const std::string scaled = b.node("Mul", {x, b.constant({1, 8, 1, 1})});
  const std::string inner = b.node("Relu", {b.conv(scaled, 8, 8, 3)});
  const std::string pooled = b.node("MaxPool", {inner}, {{"kernel_shape", Integers{2, 2}}});
  const std::string last = b.conv(pooled, 8, 4, 1);
  const KernelGraph kernels = lowered(b.finish({last}), Format::int4);
  const auto format = [&](const std::string& name) { return tensor_named(kernels, name).format; };
  EXPECT_EQ(format(x), Format::int8);
  EXPECT_EQ(format(scaled), Format::int8);
  EXPECT_EQ(format(inner), Format::int4);
  EXPECT_EQ(format(pooled), Format::int4);
  EXPECT_EQ(format(last), Format::fp32);
  for (const Kernel& kernel : kernels.kernels)
    if (const auto* conv = std::get_if<ConvKernel>(&kernel.work)) {
      EXPECT_EQ(kernels.tensor(conv->weights).format, Format::int4);
    }
}

// A mean behind the last convolution takes up more than 16 levels of its result.
TEST(LowerInt4, APoolFusedBehindTheLastConvolutionReadsInt8) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 8, 6, 6});
  const std::string inner = b.node("Relu", {b.conv(x, 8, 8, 3)});
  const std::string pool = b.node("GlobalAveragePool", {b.conv(inner, 8, 4, 1)});
  const KernelGraph kernels = lowered(b.finish({pool}), Format::int4, true);
  const auto& conv = std::get<ConvKernel>(kernels.kernels.at(1).work);
  ASSERT_TRUE(conv.pool.has_value());
  EXPECT_EQ(conv.conv_format, Format::int8);
  EXPECT_EQ(kernels.tensor(conv.output).format, Format::fp32);
}

// A gate between 0 and 1 beside values in the tens would be left with one level or two.
TEST(LowerInt4, WhatWouldBeLostBesideOthersStaysInt8WithThem) {
  for (const float scale : {1.0F, 30.0F}) {
    GraphBuilder b;
    const std::string x = b.node("Relu", {b.conv(b.input("x", {1, 4, 5, 5}), 4, 6, 3)});
    const std::string gate = b.node("Sigmoid", {b.conv(x, 6, 4, 1)});
    const std::string wide = b.node("Mul", {b.node("Relu", {b.conv(x, 6, 4, 1)}), b.scalar(scale)});
    const std::string both = b.node("Concat", {gate, wide}, {{"axis", std::int64_t{1}}});
    const Graph graph = b.finish({b.conv(both, 8, 8, 3)});
    const KernelGraph kernels = lowered(graph, Format::int4);
    EXPECT_EQ(tensor_named(kernels, both).format, scale == 1 ? Format::int4 : Format::int8);
    EXPECT_EQ(tensor_named(kernels, x).format, Format::int4);
  }
}

TEST(LowerInt4, AConcatIsInPlaceWhereItsPartsTakeWholeBytes) {
  for (const auto& [left, right, copies] : {std::tuple{4, 4, 0}, {4, 3, 0}, {3, 4, 1}, {3, 3, 1}}) {
    GraphBuilder b;
    const std::string x = b.node("Relu", {b.conv(b.input("x", {1, 4, 5, 5}), 4, 6, 3)});
    const std::string both = b.node("Concat", {b.conv(x, 6, left, 1), b.conv(x, 6, right, 1)},
                                    {{"axis", std::int64_t{1}}});
    const Graph graph = b.finish({b.conv(both, left + right, 8, 3)});
    const KernelGraph kernels = lowered(graph, Format::int4);
    const auto ops = ops_of(kernels);
    EXPECT_EQ(std::count(ops.begin(), ops.end(), "Concat"), copies) << left << '+' << right;
    EXPECT_EQ(tensor_named(kernels, both).format, Format::int4);
    expect_close(graph, kernels, 0.95);
  }
}

class LoweredNetworks : public testing::TestWithParam<unsigned> {};

TEST_P(LoweredNetworks, AreCloseToTheReferenceInInt8AndBf16) {
  const Graph graph = random_network(GetParam());
  for (const bool fuse : {false, true}) {
    expect_close(graph, lowered(graph, Format::int8, fuse), 0.99);
    expect_close(graph, lowered(graph, Format::bf16, fuse), 0.999);
    expect_close(graph, lowered(graph, Format::int4, fuse), 0.9);
  }
}

TEST_P(LoweredNetworks, KeepTheMacsOfTheirConvolutions) {
  const Graph graph = random_network(GetParam());
  const Graph passed = all_passes(graph);
  std::int64_t expected = 0, got = 0;
  for (const Node& node : passed.nodes) expected += node_macs(passed, node);
  const KernelGraph kernels = lower(passed, options(Format::bf16));
  for (const Kernel& kernel : kernels.kernels) got += kernel.macs;
  EXPECT_EQ(got, expected);
}

TEST_P(LoweredNetworks, HaveValidViews) {
  const Format format = GetParam() % 2 == 0 ? Format::int8 : Format::int4;
  const KernelGraph kernels = lowered(random_network(GetParam()), format);
  for (const KernelTensor& t : kernels.tensors) {
    const KernelTensor& storage = kernels.tensor(t.storage);
    EXPECT_EQ(kernels.tensor(storage.storage).name, storage.name);
    EXPECT_EQ(t.elements() / t.shape[3], storage.elements() / storage.shape[3]) << t.name;
    EXPECT_LE(t.channel_offset + t.shape[3], storage.shape[3]) << t.name;
    EXPECT_EQ(t.format, storage.format);
    EXPECT_EQ(t.channel_offset % units_per_byte(t.format), 0) << t.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LoweredNetworks, testing::Range(1U, 25U));

}  // namespace
}  // namespace systolith
