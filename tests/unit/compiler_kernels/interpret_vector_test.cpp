#include <gmock/gmock.h>

#include <cmath>

#include "compiler/kernels/layout.h"
#include "tests/unit/compiler_kernels/kernel_builder.h"

namespace systolith {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

// Runs one kernel from the fp32 (or quantised) tensor "in" to "out", on real values in physical
// order, and returns the result's.
std::vector<float> run(KernelGraph& graph, const std::vector<float>& in) {
  KernelTensor& first = graph.tensors.front();
  first.is_input = true;
  KernelTensor& last = graph.tensors.back();
  last.is_output = true;
  for (KernelTensor& t : graph.tensors) t.logical_shape = {t.elements()};
  Tensor value;
  value.floats = in;
  const CodeMap codes = interpret(graph, {{first.name, to_codes(first, value)}});
  return from_codes(last, codes.at(last.name)).floats;
}

TEST(InterpretMap, BroadcastsTheSecondOperandAndScalesTheCurve) {
  KernelGraph graph;
  MapKernel map;
  map.a = add_tensor(graph, "in", {1, 1, 2, 2}, Format::fp32);
  map.b = add_tensor(graph, "b", {1, 1, 1, 2}, Format::fp32);
  map.output = add_tensor(graph, "out", {1, 1, 2, 2}, Format::fp32);
  map.binary = BinaryFunction::mul;
  map.scale_a = 2;
  map.scale_b = 0.5F;
  map.activation = {Activation::leaky_relu, 0.1F, 0, 4};
  Tensor b;
  b.floats = {3, -1};
  graph.tensor(map.b).data = to_codes(graph.tensor(map.b), b);
  graph.kernels.push_back({"map", "Mul", 0, map});
  EXPECT_THAT(run(graph, {1, 2, 3, -4}),
              ElementsAre(FloatEq(12), FloatEq(-0.8F), FloatEq(36), FloatEq(16)));
}

TEST(InterpretPool, TheMaximumIgnoresPadding) {
  KernelGraph graph;
  PoolKernel pool;
  pool.input = add_tensor(graph, "in", {1, 2, 2, 1}, Format::int8, {1, 100});
  pool.output = add_tensor(graph, "out", {1, 2, 2, 1}, Format::int8, {1, 100});
  pool.pool.kernel = {2, 2};
  pool.pool.pads = {1, 1, 0, 0};
  graph.kernels.push_back({"pool", "MaxPool", 0, pool});
  EXPECT_THAT(run(graph, {-9, -8, -7, -10}), ElementsAre(-9, -8, -7, -7));
}

TEST(InterpretPool, TheMeanCountsPaddingOnlyWhereAsked) {
  for (const bool counted : {false, true}) {
    KernelGraph graph;
    PoolKernel pool;
    pool.input = add_tensor(graph, "in", {1, 2, 2, 1}, Format::int8, {1, 5});
    pool.output = add_tensor(graph, "out", {1, 2, 2, 1}, Format::fp32);
    pool.pool.average = true;
    pool.pool.count_padding = counted;
    pool.pool.kernel = {2, 2};
    pool.pool.pads = {1, 1, 0, 0};
    graph.kernels.push_back({"pool", "AveragePool", 0, pool});
    const float taps = counted ? 4 : 1;
    EXPECT_THAT(run(graph, {8, 12, 20, 40}),
                ElementsAre(8 / taps, counted ? 5 : 10, counted ? 7 : 14, 20));
  }
}

TEST(InterpretRows, SoftmaxAndLrnRunOnRealValuesOfIntegers) {
  KernelGraph graph;
  SoftmaxKernel softmax;
  softmax.input = add_tensor(graph, "in", {1, 1, 1, 2}, Format::int8, {0.5F, -3});
  softmax.output = add_tensor(graph, "out", {1, 1, 1, 2}, Format::fp32);
  graph.kernels.push_back({"softmax", "Softmax", 0, softmax});
  const float p = 1 / (1 + std::exp(-2.0F));
  EXPECT_THAT(run(graph, {3, 1}), ElementsAre(FloatEq(p), testing::FloatNear(1 - p, 1e-6F)));

  KernelGraph other;
  LrnKernel lrn;
  lrn.input = add_tensor(other, "in", {1, 1, 1, 2}, Format::int8, {0.5F, -3});
  lrn.output = add_tensor(other, "out", {1, 1, 1, 2}, Format::int8, {0.01F, 0});
  lrn.size = 1;
  lrn.alpha = 1;
  lrn.beta = 1;
  lrn.bias = 1;
  other.kernels.push_back({"lrn", "LRN", 0, lrn});
  EXPECT_THAT(run(other, {3, 1}),
              ElementsAre(testing::FloatNear(0.3F, 1e-6F), testing::FloatNear(0.5F, 1e-6F)));
}

// [n, g * k, ...] channels to [n, k * g, ...], as ShuffleNet does, here g = 2, k = 3.
TEST(InterpretCopy, OneStridedPieceShufflesChannels) {
  KernelGraph graph;
  CopyKernel copy;
  const TensorId in = add_tensor(graph, "in", {1, 1, 2, 6}, Format::bf16);
  copy.output = add_tensor(graph, "out", {1, 1, 2, 6}, Format::bf16);
  copy.pieces.push_back({in, {2, 3, 2}, {6, 1, 3}, {6, 2, 1}, 0, 0});
  graph.kernels.push_back({"shuffle", "Copy", 0, copy});
  EXPECT_THAT(run(graph, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}),
              ElementsAre(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11));
}

TEST(InterpretCopy, FillsBeforeItMoves) {
  KernelGraph graph;
  CopyKernel copy;
  const TensorId in = add_tensor(graph, "in", {1, 1, 1, 2}, Format::int8, {0.5F, 10});
  copy.output = add_tensor(graph, "out", {1, 1, 1, 4}, Format::int8, {0.5F, 10});
  copy.fills = true;
  copy.fill = -2;
  copy.pieces.push_back({in, {2}, {1}, {1}, 0, 1});
  graph.kernels.push_back({"pad", "Pad", 0, copy});
  EXPECT_THAT(run(graph, {3, 4}), ElementsAre(-2, 3, 4, -2));
}

TEST(InterpretViews, AKernelWritesItsChannelsOfTheStorageOnly) {
  KernelGraph graph;
  MapKernel first, second;
  first.a = second.a = add_tensor(graph, "in", {1, 1, 2, 1}, Format::fp32);
  first.output = add_tensor(graph, "left", {1, 1, 2, 1}, Format::fp32);
  second.output = add_tensor(graph, "right", {1, 1, 2, 1}, Format::fp32);
  const TensorId whole = add_tensor(graph, "out", {1, 1, 2, 2}, Format::fp32);
  graph.tensor(first.output).storage = graph.tensor(second.output).storage = whole;
  graph.tensor(second.output).channel_offset = 1;
  second.scale_a = 10;
  graph.kernels.push_back({"left", "Map", 0, first});
  graph.kernels.push_back({"right", "Map", 0, second});
  EXPECT_THAT(run(graph, {1, 2}), ElementsAre(1, 10, 2, 20));
}

TEST(Interpret, NamesAMissingInputAndAWrongSize) {
  KernelGraph graph;
  graph.tensor(add_tensor(graph, "image", {1, 2, 2, 3}, Format::int8)).is_input = true;
  const auto message = [&](const CodeMap& inputs) {
    try {
      interpret(graph, inputs);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message({}), "input 'image' is missing");
  EXPECT_EQ(message({{"image", {1, 2}}}), "input 'image' has 2 bytes instead of 12");
}

TEST(Codes, ImagesAreStoredWithChannelsInnermost) {
  KernelTensor tensor;
  tensor.shape = {1, 1, 2, 3};
  tensor.logical_shape = {1, 3, 1, 2};
  tensor.format = Format::int8;
  tensor.quantization = {0.5F, 1};
  Tensor value;
  value.shape = tensor.logical_shape;
  value.floats = {0, 1, 2, 3, 4, 100};
  const auto codes = to_codes(tensor, value);
  EXPECT_THAT(codes, ElementsAre(1, 5, 9, 3, 7, 127));
  EXPECT_THAT(from_codes(tensor, codes).floats, ElementsAre(0, 1, 2, 3, 4, 63));
}

TEST(Layout, PhysicalShapesFollowTheRank) {
  EXPECT_EQ(physical_shape({2, 3, 4, 5}), (std::array<std::int64_t, 4>{2, 4, 5, 3}));
  EXPECT_EQ(physical_shape({2, 3}), (std::array<std::int64_t, 4>{2, 1, 1, 3}));
  EXPECT_EQ(physical_shape({7}), (std::array<std::int64_t, 4>{1, 1, 1, 7}));
  EXPECT_EQ(physical_shape({2, 3, 4, 5, 6}), (std::array<std::int64_t, 4>{24, 5, 1, 6}));
  EXPECT_THAT(physical_strides({2, 3, 4, 5}), ElementsAre(60, 1, 15, 3));
  EXPECT_THAT(physical_strides({2, 3, 4}), ElementsAre(12, 4, 1));
}

}  // namespace
}  // namespace systolith
