#include "models/ops/known_values.h"
#include "run_op.h"

namespace systolith {
namespace {

using ::testing::ThrowsMessage;

Node node(const std::string& name, const std::string& op, std::vector<std::string> inputs,
          std::vector<std::string> outputs, Attributes attributes = {}) {
  return {name, op, std::move(inputs), std::move(outputs), std::move(attributes)};
}

// x.reshape(x.shape[0], -1), as exporters write it.
Graph shape_arithmetic() {
  Graph graph;
  graph.inputs = {{"x", DataType::float32, {2, 3, 4, 5}}};
  graph.constants["zero"] = integers({}, {0});
  graph.constants["axes"] = integers({1}, {0});
  graph.constants["rest"] = integers({1}, {-1});
  graph.outputs = {"y"};
  graph.nodes = {node("s", "Shape", {"x"}, {"shape"}),
                 node("g", "Gather", {"shape", "zero"}, {"batch"}),
                 node("u", "Unsqueeze", {"batch", "axes"}, {"batches"}),
                 node("c", "Concat", {"batches", "rest"}, {"to"}, {{"axis", std::int64_t{0}}}),
                 node("r", "Reshape", {"x", "to"}, {"y"})};
  return graph;
}

TEST(InferShapes, FollowsShapeArithmetic) {
  Graph graph = shape_arithmetic();
  infer_shapes(graph);
  EXPECT_EQ(graph.values.at("y").shape, (Shape{2, 60}));
  EXPECT_EQ(graph.values.at("y").name, "y");
  EXPECT_EQ(graph.values.at("to").type, DataType::int64);
  EXPECT_EQ(graph.values.at("rest").shape, Shape{1});
}

TEST(InferShapes, MayBeRepeated) {
  Graph graph = shape_arithmetic();
  infer_shapes(graph);
  const std::size_t values = graph.values.size();
  graph.inputs[0].shape = {7, 8};
  infer_shapes(graph);
  EXPECT_EQ(graph.values.size(), values);
  EXPECT_EQ(graph.values.at("y").shape, (Shape{7, 8}));
}

TEST(InferShapes, AllUnsupportedOpsAreInOneMessage) {
  Graph graph;
  graph.opset = 17;
  graph.nodes = {node("a", "Foo", {}, {"1"}), node("b", "Identity", {"1"}, {"2"}),
                 node("c", "Bar", {"2"}, {"3"})};
  EXPECT_THAT([&] { infer_shapes(graph); },
              ThrowsMessage<UserError>(::testing::StartsWith(
                  "node 'a': op 'Foo' (opset 17) is not supported\n"
                  "node 'c': op 'Bar' (opset 17) is not supported\n"
                  "supported ops: Adam, Add, AveragePool, BatchNormalization, ")));
}

TEST(InferShapes, AShapeThatDependsOnTheInputsIsNamed) {
  Graph graph = shape_arithmetic();
  graph.inputs.push_back({"to_input", DataType::int64, {2}});
  graph.nodes.back().inputs[1] = "to_input";
  EXPECT_THAT([&] { infer_shapes(graph); },
              ThrowsMessage<UserError>("node 'r' (Reshape): shape 'to_input' must be known at "
                                       "compile time, but depends on the graph's inputs"));
}

TEST(InferShapes, RefusesInputsAndConstantsWithoutAProperShape) {
  Graph negative;
  negative.inputs = {{"x", DataType::float32, {-1, 3}}};
  EXPECT_THAT([&] { infer_shapes(negative); },
              ThrowsMessage<UserError>(
                  "graph input 'x' has shape [-1, 3]: an extent must not be negative"));
  Graph constant;
  constant.constants["w"] = floats({2, 2}, {1, 2, 3});
  EXPECT_THAT([&] { infer_shapes(constant); },
              ThrowsMessage<UserError>("constant 'w' of shape [2, 2] has 3 values"));
}

TEST(KnownValues, LargeResultsAreNotComputedForShapeInference) {
  Graph graph;
  graph.constants["shape"] = integers({1}, {1'000'000});
  graph.nodes = {node("fill", "ConstantOfShape", {"shape"}, {"y"})};
  infer_shapes(graph);
  KnownValues small(graph);
  EXPECT_FALSE(small.visit(graph.nodes[0]));
  EXPECT_EQ(small.find("y"), nullptr);
  KnownValues all(graph, KnownValues::kUnlimited);
  EXPECT_TRUE(all.visit(graph.nodes[0]));
  EXPECT_EQ(all.find("y")->floats.size(), 1'000'000);
}

TEST(KnownValues, ShapesAreKnownWhereValuesAreNot) {
  Graph graph = shape_arithmetic();
  infer_shapes(graph);
  KnownValues known(graph);
  for (const Node& each : graph.nodes) known.visit(each);
  EXPECT_EQ(known.find("to")->integers, (Ints{2, -1}));
  EXPECT_EQ(known.find("x"), nullptr);
  EXPECT_EQ(known.find("y"), nullptr);
}

}  // namespace
}  // namespace systolith
