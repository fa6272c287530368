// The ops that only training graphs have: refusals, MACs, and the optimisers' arithmetic.
#include <cmath>

#include "models/ops/macs.h"
#include "run_op.h"

namespace systolith {
namespace {

std::int64_t macs(const OpCase& c) {
  Graph graph = graph_of(c);
  infer_shapes(graph);
  return node_macs(graph, graph.nodes[0]);
}

TEST(ConvTranspose, SpreadsEachInputOverItsWindow) {
  // One input channel of 1 2, kernel 1 10 100 with stride 2: 1 10 100+2 20 200.
  const Tensor y = run({"ConvTranspose",
                        {counting({1, 1, 2}), floats({1, 1, 3}, {1, 10, 100})},
                        {{"strides", Ints{2}}}});
  expect_tensor(y, {1, 1, 5}, {1, 10, 102, 20, 200});
}

TEST(ConvTranspose, HasTheMacsOfTheConvolutionThatItTransposes) {
  const Attributes attributes = {{"group", std::int64_t{2}}, {"pads", Ints{1, 1, 1, 1}}};
  const std::int64_t forward =
      macs({"Conv", {counting({2, 4, 5, 5}), counting({6, 2, 3, 3})}, attributes});
  EXPECT_EQ(forward, 2 * 6 * 5 * 5 * 2 * 9);
  EXPECT_EQ(macs({"ConvTranspose", {counting({2, 6, 5, 5}), counting({6, 2, 3, 3})}, attributes}),
            forward);
  Attributes with_kernel = attributes;
  with_kernel["kernel_shape"] = Ints{3, 3};
  EXPECT_EQ(macs({"ConvWeightGrad", {counting({2, 4, 5, 5}), counting({2, 6, 5, 5})}, with_kernel}),
            forward);
}

TEST(ConvTranspose, RefusesChannelsThatDoNotMatch) {
  EXPECT_EQ(refusal({"ConvTranspose", {counting({1, 3, 2, 2}), counting({4, 1, 1, 1})}}),
            "node 'n' (ConvTranspose): input [1, 3, 2, 2] has 3 channels, but weights "
            "[4, 1, 1, 1] take 4 in 1 groups");
  EXPECT_EQ(refusal({"ConvTranspose",
                     {counting({1, 1, 1, 1}), counting({1, 1, 1, 1})},
                     {{"pads", Ints{1, 1, 1, 1}}}}),
            "node 'n' (ConvTranspose): nothing is left of the output inside pads [1, 1, 1, 1]");
}

TEST(BackwardOps, RefuseGradientsOfAnotherShape) {
  EXPECT_EQ(refusal({"ReluGrad", {counting({2}), counting({3})}}),
            "node 'n' (ReluGrad): dY [2] must have the shape of Y [3]");
  EXPECT_EQ(refusal({"MaxPoolGrad",
                     {counting({1, 1, 2, 2}), counting({1, 1, 2, 2})},
                     {{"kernel_shape", Ints{2, 2}}}}),
            "node 'n' (MaxPoolGrad): dY [1, 1, 2, 2] must be [1, 1, 1, 1], what X [1, 1, 2, 2] "
            "is pooled to");
  EXPECT_EQ(refusal({"ConvWeightGrad",
                     {counting({1, 1, 4, 4}), counting({1, 1, 4, 4})},
                     {{"kernel_shape", Ints{2, 2}}}}),
            "node 'n' (ConvWeightGrad): dY [1, 1, 4, 4] must be [1, 1, 3, 3], what X "
            "[1, 1, 4, 4] is convolved to");
  EXPECT_EQ(refusal({"BatchNormalizationGrad",
                     {counting({2, 3}), counting({2, 3}), counting({2})},
                     {},
                     14,
                     3}),
            "node 'n' (BatchNormalizationGrad): scale [2] must be [3]");
}

TEST(SoftmaxCrossEntropyLoss, RefusesLabelsOutOfRangeAndUnknownReductions) {
  OpCase c{"SoftmaxCrossEntropyLoss", {counting({2, 3}), integers({2}, {0, 3})}};
  EXPECT_THAT([&] { run(c); },
              ::testing::ThrowsMessage<UserError>(
                  "node 'n' (SoftmaxCrossEntropyLoss): label 1 is 3, but there are 3 classes"));
  c.inputs[1] = integers({3}, {0, 1, 2});
  EXPECT_EQ(refusal(c),
            "node 'n' (SoftmaxCrossEntropyLoss): labels [3] must be [2], one for each of scores "
            "[2, 3]");
  c.inputs[1] = integers({2}, {0, 1});
  c.attributes["reduction"] = std::string("median");
  EXPECT_EQ(refusal(c),
            "node 'n' (SoftmaxCrossEntropyLoss): reduction 'median' is unknown (allowed: none, "
            "sum, mean)");
}

Tensor scalar(float value) { return floats({}, {value}); }
Tensor count(std::int64_t value) { return integers({}, {value}); }

// The operands of ONNX's own node cases, onnx/backend/test/case/node/momentum.py and adam.py.
const Tensor kX = floats({2}, {1.2F, 2.8F}), kG = floats({2}, {-0.94F, -2.5F}),
             kV = floats({2}, {1.7F, 3.6F}), kH = floats({2}, {0.1F, 0.1F});

TEST(Momentum, FollowsOnnxsDefinition) {
  Attributes attributes = {{"norm_coefficient", 0.001F},
                           {"alpha", 0.95F},
                           {"beta", 0.1F},
                           {"mode", std::string("standard")}};
  // g + 0.001 x = -0.9388 and -2.4972; v = 0.95 v + that; x = x - 0.1 v.
  const auto first = run_all({"Momentum", {scalar(0.1F), count(0), kX, kG, kV}, attributes, 13, 2});
  expect_tensor(first[1], {2}, {0.6762F, 0.9228F});
  expect_tensor(first[0], {2}, {1.13238F, 2.70772F});
  // From the second step on the gradient counts a tenth.
  const auto second =
      run_all({"Momentum", {scalar(0.1F), count(1), kX, kG, kV}, attributes, 13, 2});
  expect_tensor(second[1], {2}, {1.52112F, 3.17028F});
  // Nesterov: x - 0.1 (g + 0.001 x + 0.95 v).
  attributes["mode"] = std::string("nesterov");
  const auto nesterov =
      run_all({"Momentum", {scalar(0.1F), count(0), kX, kG, kV}, attributes, 13, 2});
  expect_tensor(nesterov[0], {2}, {1.229641F, 2.962054F});
}

TEST(Momentum, UpdatesSeveralTensorsAndRefusesOthers) {
  const Attributes attributes = {{"norm_coefficient", 0.0F},
                                 {"alpha", 0.0F},
                                 {"beta", 1.0F},
                                 {"mode", std::string("standard")}};
  const Tensor one = floats({1}, {1});
  const auto both =
      run_all({"Momentum", {scalar(1), count(0), kX, one, kG, one, kV, one}, attributes, 13, 4});
  expect_tensor(both[0], {2}, {2.14F, 5.3F});
  expect_tensor(both[1], {1}, {0});
  expect_tensor(both[2], kG);
  expect_tensor(both[3], one);
  EXPECT_EQ(refusal({"Momentum", {scalar(1), count(0), kX, kG}, attributes}),
            "node 'n' (Momentum): has 4 inputs, takes 2 and 3 for each tensor");
  EXPECT_EQ(refusal({"Momentum", {scalar(1), count(0), kX, one, kV}, attributes}),
            "node 'n' (Momentum): input 'in3' [1] must have the shape of 'in2' [2]");
  EXPECT_EQ(refusal({"Momentum", {scalar(1), count(0), kX, kG, kV}}),
            "node 'n' (Momentum): attribute 'alpha' is missing");
}

TEST(Adam, FollowsOnnxsDefinition) {
  const Attributes attributes = {
      {"norm_coefficient", 0.001F}, {"alpha", 0.95F}, {"beta", 0.1F}, {"epsilon", 1e-7F}};
  const double g[] = {-0.94 + 0.0012, -2.5 + 0.0028}, x[] = {1.2, 2.8}, v[] = {1.7, 3.6};
  for (const std::int64_t t : {0, 2}) {
    const auto y = run_all({"Adam", {scalar(0.1F), count(t), kX, kG, kV, kH}, attributes, 13, 3});
    const double rate = t == 0 ? 0.1 : 0.1 * std::sqrt(1 - 0.1 * 0.1) / (1 - 0.95 * 0.95);
    for (std::size_t i = 0; i < 2; ++i) {
      const double mean = 0.95 * v[i] + 0.05 * g[i], square = 0.01 + 0.9 * g[i] * g[i];
      EXPECT_NEAR(y[1].floats[i], mean, 1e-6);
      EXPECT_NEAR(y[2].floats[i], square, 1e-6);
      EXPECT_NEAR(y[0].floats[i], x[i] - rate * mean / (std::sqrt(square) + 1e-7), 1e-5);
    }
  }
}

}  // namespace
}  // namespace systolith
