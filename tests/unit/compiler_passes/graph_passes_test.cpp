#include <gmock/gmock.h>

#include "tests/unit/compiler_passes/graphs.h"

namespace systolith {
namespace {

using Integers = std::vector<std::int64_t>;

// Every output of `after` is that of `before`, up to fp32 rounding.
void expect_same_results(const Graph& before, const Graph& after) {
  const TensorMap inputs = seeded_inputs(before, 3);
  const TensorMap expected = evaluate(before, inputs), got = evaluate(after, inputs);
  for (const auto& [name, value] : expected) {
    ASSERT_EQ(got.count(name), 1U) << name;
    ASSERT_EQ(got.at(name).shape, value.shape);
    float largest = 1e-3F;
    for (const float v : value.floats) largest = std::max(largest, std::fabs(v));
    for (std::size_t i = 0; i < value.floats.size(); ++i)
      ASSERT_NEAR(got.at(name).floats[i], value.floats[i], 1e-4 * largest) << name << "[" << i;
  }
}

std::string message_of(Graph (*pass)(Graph), const Graph& graph) {
  try {
    pass(graph);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(FoldConstants, EvaluatesWhatDependsOnConstantsAndShapes) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4});
  const std::string sum = b.node("Add", {b.constant({4}), b.constant({4})});
  const std::string shape = b.node("Shape", {x});
  const Graph graph = b.finish({b.node("Reshape", {b.node("Mul", {x, sum}), shape})});
  const Graph folded = fold_constants(graph);
  EXPECT_EQ(folded.nodes.size(), 2U);
  EXPECT_EQ(count_ops(folded, "Shape") + count_ops(folded, "Add"), 0U);
  expect_same_results(graph, folded);
}

TEST(FoldConstants, DropsIdentityAndDropoutButKeepsOutputNames) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4});
  const std::string y = b.node("Relu", {b.node("Dropout", {b.node("Identity", {x})}, {}, 2)});
  const std::string out = b.node("Identity", {y});
  const Graph graph = b.finish({out});
  const Graph folded = fold_constants(graph);
  ASSERT_EQ(folded.nodes.size(), 1U);
  EXPECT_EQ(folded.nodes[0].inputs[0], "x");
  EXPECT_EQ(folded.nodes[0].outputs[0], out);
  expect_same_results(graph, folded);
}

TEST(FoldConstants, AnOutputThatIsAnInputStaysAnIdentity) {
  GraphBuilder b;
  const Graph folded = fold_constants(b.finish({b.node("Identity", {b.input("x", {1, 4})})}));
  EXPECT_EQ(count_ops(folded, "Identity"), 1U);
}

TEST(FoldConstants, RemovesNodesAndConstantsNobodyReads) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4});
  b.node("Mul", {x, b.constant({4})});
  const Graph folded = fold_constants(b.finish({b.node("Relu", {x})}));
  EXPECT_EQ(folded.nodes.size(), 1U);
  EXPECT_TRUE(folded.constants.empty());
}

TEST(Canonicalize, AGemmBecomesAConvolutionWhateverItsTranspositionAndFactors) {
  for (const std::int64_t transposed : {0, 1}) {
    GraphBuilder b;
    const std::string weights = b.constant(transposed != 0 ? Shape{5, 7} : Shape{7, 5});
    const Graph graph =
        b.finish({b.node("Gemm", {b.input("x", {3, 7}), weights, b.constant({5})},
                         {{"transB", transposed}, {"alpha", 0.5F}, {"beta", 2.0F}})});
    const Graph canonical = canonicalize(graph);
    EXPECT_EQ(count_ops(canonical, "Conv"), 1U);
    EXPECT_EQ(count_ops(canonical, "Gemm") + count_ops(canonical, "Add"), 0U);
    expect_same_results(graph, canonical);
  }
}

TEST(Canonicalize, AProductAfterFlattenIsAConvolutionOverTheWholeImage) {
  GraphBuilder b;
  const std::string flat = b.node("Flatten", {b.input("x", {2, 3, 4, 5})});
  const Graph graph = b.finish({b.node("MatMul", {flat, b.constant({60, 6})})});
  const Graph canonical = canonicalize(graph);
  ASSERT_EQ(count_ops(canonical, "Conv"), 1U);
  EXPECT_EQ(canonical.nodes[0].inputs[0], "x");
  EXPECT_EQ(canonical.values.at(canonical.nodes[0].inputs[1]).shape, (Shape{6, 3, 4, 5}));
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, AProductOfThreeDimensionsKeepsItsShape) {
  GraphBuilder b;
  const Graph graph = b.finish({b.node("MatMul", {b.input("x", {2, 3, 8}), b.constant({8, 4})})});
  expect_same_results(graph, canonicalize(graph));
}

TEST(Canonicalize, AProductOfTwoComputedOperandsNamesTheNode) {
  GraphBuilder b;
  const Graph graph = b.finish({b.node("MatMul", {b.input("x", {3, 4}), b.input("y", {4, 5})})});
  EXPECT_EQ(message_of(canonicalize, graph),
            "node 'MatMul_0' (MatMul): operand 'y' is computed; only constant right operands are"
            " supported");
}

TEST(Canonicalize, ResolvesAutomaticPaddingAndCeilingMode) {
  GraphBuilder b;
  std::string x = b.input("x", {1, 2, 7, 9});
  x = b.conv(x, 2, 4, 3, {{"auto_pad", std::string("SAME_LOWER")}, {"strides", Integers{2, 2}}});
  x = b.node("MaxPool", {x},
             {{"kernel_shape", Integers{3, 2}},
              {"strides", Integers{2, 2}},
              {"ceil_mode", std::int64_t{1}}});
  const Graph graph = b.finish({x});
  const Graph canonical = canonicalize(graph);
  for (const Node& node : canonical.nodes) EXPECT_EQ(node.attributes.count("auto_pad"), 0U);
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, PaddingWithZerosJoinsTheConvolution) {
  GraphBuilder b;
  const std::string padded =
      b.node("Pad", {b.input("x", {1, 2, 5, 5}), b.integers({0, 0, 1, 2, 0, 0, 0, 1})});
  const Graph graph = b.finish({b.conv(padded, 2, 3, 3)});
  const Graph canonical = canonicalize(graph);
  EXPECT_EQ(count_ops(canonical, "Pad"), 0U);
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, PaddingThatIsReadTwiceOrIsNotZeroStays) {
  GraphBuilder b;
  const std::string pads = b.integers({0, 0, 1, 1, 0, 0, 1, 1});
  const std::string x = b.input("x", {1, 2, 5, 5});
  const std::string ones = b.node("Pad", {x, pads, b.scalar(1)});
  const std::string shared = b.node("Pad", {x, pads});
  const Graph graph =
      b.finish({b.conv(ones, 2, 3, 3), b.conv(shared, 2, 3, 3), b.node("Relu", {shared})});
  const Graph canonical = canonicalize(graph);
  EXPECT_EQ(count_ops(canonical, "Pad"), 2U);
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, MeansAndGlobalPoolsBecomePools) {
  GraphBuilder b;
  const std::string x = b.input("x", {2, 3, 4, 5});
  const Graph graph = b.finish(
      {b.node("GlobalAveragePool", {x}), b.node("GlobalMaxPool", {x}),
       b.node("ReduceMean", {x}, {{"axes", Integers{2, 3}}, {"keepdims", std::int64_t{0}}})});
  const Graph canonical = canonicalize(graph);
  EXPECT_EQ(count_ops(canonical, "AveragePool"), 2U);
  EXPECT_EQ(count_ops(canonical, "MaxPool"), 1U);
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, ArithmeticTakesFewerForms) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 4}), y = b.input("y", {1, 4});
  const Graph graph = b.finish({
      b.node("Sub", {x, b.constant({4})}),
      b.node("Sub", {b.constant({4}), x}),
      b.node("Sub", {x, y}),
      b.node("Div", {x, b.constant({4}, 1, 2)}),
      b.node("Sum", {x, y, x}),
      b.node("Max", {b.scalar(0.1F), x}),
      b.node("Min", {x, b.scalar(0.1F)}),
  });
  const Graph canonical = canonicalize(graph);
  for (const char* op : {"Div", "Sum", "Max", "Min"}) EXPECT_EQ(count_ops(canonical, op), 0U) << op;
  EXPECT_EQ(count_ops(canonical, "Sub"), 1U);
  expect_same_results(graph, canonical);
}

TEST(Canonicalize, AGrowingConcatTakesTheEarlierOnesResult) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 2, 3, 3}), y = b.node("Relu", {x});
  const std::string z = b.node("Sigmoid", {x});
  const std::string first = b.node("Concat", {x, y}, {{"axis", std::int64_t{-3}}});
  const std::string second = b.node("Concat", {x, y, z, x}, {{"axis", std::int64_t{1}}});
  const Graph graph = b.finish({first, second});
  const Graph canonical = canonicalize(graph);
  EXPECT_EQ(canonical.nodes.back().inputs, (std::vector<std::string>{first, z, x}));
  expect_same_results(graph, canonical);
}

TEST(FoldBatchNorm, JoinsTheConvolutionWithTheScaleAndShiftThatFollow) {
  GraphBuilder b;
  std::string x = b.batch_norm(b.conv(b.input("x", {1, 3, 6, 6}), 3, 8, 3), 8);
  x = b.node("Mul", {x, b.constant({8, 1, 1})});
  x = b.node("Add", {x, b.constant({1, 8, 1, 1})});
  const Graph graph = b.finish({x});
  const Graph folded = all_passes(graph);
  ASSERT_EQ(folded.nodes.size(), 1U);
  EXPECT_EQ(folded.nodes[0].op, "Conv");
  expect_same_results(graph, folded);
}

TEST(FoldBatchNorm, JoinsAProductAndItsSeparateBias) {
  GraphBuilder b;
  std::string x = b.node("MatMul", {b.input("x", {2, 6}), b.constant({6, 4})});
  x = b.batch_norm(b.node("Add", {b.constant({4}), x}), 4);
  const Graph graph = b.finish({x});
  const Graph folded = all_passes(graph);
  EXPECT_EQ(count_ops(folded, "Conv"), 1U);
  EXPECT_EQ(count_ops(folded, "Add") + count_ops(folded, "BatchNormalization"), 0U);
  expect_same_results(graph, folded);
}

TEST(FoldBatchNorm, LeavesAConvolutionThatIsReadTwiceAlone) {
  GraphBuilder b;
  const std::string y = b.conv(b.input("x", {1, 3, 6, 6}), 3, 8, 3);
  const Graph graph = b.finish({b.batch_norm(y, 8), b.node("Relu", {y})});
  const Graph folded = all_passes(graph);
  EXPECT_EQ(count_ops(folded, "Conv"), 2U);
  expect_same_results(graph, folded);
}

TEST(FoldBatchNorm, WithoutAConvolutionBeforeItIsADepthwiseOne) {
  GraphBuilder b;
  const std::string x = b.batch_norm(b.input("x", {1, 3, 6, 6}), 3);
  const Graph graph =
      b.finish({b.node("Mul", {x, b.constant({3, 1, 1})}), b.batch_norm(b.input("y", {2, 5}), 5)});
  const Graph folded = all_passes(graph);
  EXPECT_EQ(count_ops(folded, "Conv"), 2U);
  EXPECT_EQ(count_ops(folded, "Mul"), 0U);
  EXPECT_EQ(attribute(folded.nodes[0], "group", std::int64_t{1}), 3);
  expect_same_results(graph, folded);
}

TEST(FoldBatchNorm, SharedWeightsAreFoldedOncePerConvolution) {
  GraphBuilder b;
  const std::string x = b.input("x", {1, 3, 6, 6}), w = b.constant({4, 3, 1, 1});
  const Graph graph = b.finish({b.batch_norm(b.node("Conv", {x, w}), 4), b.node("Conv", {x, w})});
  expect_same_results(graph, all_passes(graph));
}

class RandomNetworks : public testing::TestWithParam<unsigned> {};
TEST_P(RandomNetworks, KeepTheirResultsThroughAllPasses) {
  const Graph graph = random_network(GetParam());
  const Graph passed = all_passes(graph);
  EXPECT_EQ(count_ops(passed, "BatchNormalization"), 0U);
  expect_same_results(graph, passed);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range(1U, 25U));

TEST(GraphText, IsOneNodeALineWithShapes) {
  GraphBuilder b;
  const Graph graph = b.finish(
      {b.node("MaxPool", {b.input("x", {1, 2, 4, 4})}, {{"kernel_shape", Integers{2, 2}}})});
  EXPECT_EQ(to_text(graph),
            "graph \"test\" opset 13\n"
            "input %x [1, 2, 4, 4]\n"
            "%v0 [1, 2, 3, 3] = MaxPool(%x) {kernel_shape=[2, 2]} \"MaxPool_0\"\n"
            "output %v0 [1, 2, 3, 3]\n");
}

}  // namespace
}  // namespace systolith
