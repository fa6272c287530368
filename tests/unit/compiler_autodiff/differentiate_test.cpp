#include "compiler/autodiff/differentiate.h"

#include "tests/unit/models_ops/run_op.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

// loss = sum over all of `value`, appended to nodes that make it from x [2] and constants.
Graph with_loss(std::vector<Node> nodes, std::map<std::string, Tensor> constants,
                const std::string& value, int opset = 13) {
  Graph graph;
  graph.opset = opset;
  graph.inputs = {{"x", DataType::float32, {2}}};
  graph.constants = std::move(constants);
  graph.nodes = std::move(nodes);
  graph.nodes.push_back({"total", "ReduceSum", {value}, {"loss"}, {{"keepdims", std::int64_t{0}}}});
  graph.outputs = {"loss"};
  sort(graph);
  infer_shapes(graph);
  return graph;
}

std::vector<std::string> ops_from(const DifferentiatedGraph& result) {
  std::vector<std::string> ops;
  for (std::size_t i = result.forward_nodes; i < result.graph.nodes.size(); ++i)
    ops.push_back(result.graph.nodes[i].op);
  return ops;
}

TEST(Differentiate, AFannedOutValueGetsItsReadersGradientsLastReaderFirst) {
  // w is read by a product, then twice by another: 1e8 first, so that the order shows in fp32.
  Graph graph = with_loss({{"a", "Mul", {"w", "small"}, {"ya"}, {}},
                           {"b", "Mul", {"w", "minus"}, {"yb"}, {}},
                           {"c", "Mul", {"w", "big"}, {"yc"}, {}},
                           {"s", "Sum", {"ya", "yb", "yc", "x"}, {"y"}, {}}},
                          {{"w", floats({1}, {1})},
                           {"small", floats({1}, {1})},
                           {"minus", floats({1}, {-5e7F})},
                           {"big", floats({1}, {5e7F})}},
                          "y");
  const DifferentiatedGraph result = differentiate(graph, "loss", {"w"});
  const std::string gradient = result.gradients.at("w");
  const TensorMap values = evaluate(result.graph, {{"x", floats({2}, {0, 0})}}, {gradient});
  // (1e8 - 1e8) + 2, where 2 - 1e8 + 1e8 would be 0.
  EXPECT_THAT(values.at(gradient).floats, ElementsAre(2));
}

TEST(Differentiate, NodesThatLeadToNoParameterGetNoGradient) {
  const Graph graph =
      with_loss({{"pre", "Relu", {"x"}, {"p"}, {}}, {"mul", "Mul", {"p", "w"}, {"y"}, {}}},
                {{"w", floats({2}, {1, 2})}}, "y");
  // The sum's share, and w's product: nothing for p, so no ReluGrad.
  EXPECT_THAT(ops_from(differentiate(graph, "loss", {"w"})), ElementsAre("Reshape", "Mul", "Mul"));
}

TEST(Differentiate, NothingFlowsThroughIntegers) {
  const Graph graph = with_loss({{"to_int", "Cast", {"w"}, {"i"}, {{"to", std::int64_t{7}}}},
                                 {"back", "Cast", {"i"}, {"f"}, {{"to", std::int64_t{1}}}},
                                 {"mul", "Mul", {"v", "x"}, {"m"}, {}},
                                 {"add", "Add", {"m", "f"}, {"y"}, {}}},
                                {{"w", floats({2}, {1, 2})}, {"v", floats({2}, {1, 2})}}, "y");
  EXPECT_EQ(differentiate(graph, "loss", {"v"}).gradients.size(), 1U);
  EXPECT_THAT(
      [&] {
        differentiate(graph, "loss", {"v", "w"});
      },
      ThrowsMessage<UserError>("the loss 'loss' does not depend on 'w'"));
  EXPECT_THAT(trainable_constants(graph, "loss"), ElementsAre("v"));
}

TEST(Differentiate, AllNodesWithoutAGradientAreInOneMessage) {
  const Graph graph = with_loss({{"n1", "Sigmoid", {"w"}, {"a"}, {}},
                                 {"n2", "Mul", {"a", "x"}, {"b"}, {}},
                                 {"n3", "Tanh", {"b"}, {"y"}, {}}},
                                {{"w", floats({2}, {1, 2})}}, "y", 14);
  EXPECT_THAT([&] { differentiate(graph, "loss", {"w"}); },
              ThrowsMessage<UserError>("op Sigmoid of node 'n1' has no gradient (opset 14)\n"
                                       "op Tanh of node 'n3' has no gradient (opset 14)"));
}

TEST(Differentiate, BatchNormalizationNeedsTrainingMode) {
  Graph graph;
  graph.opset = 14;
  graph.inputs = {{"x", DataType::float32, {2, 1}}};
  for (const char* name : {"s", "b", "m", "v"}) graph.constants[name] = floats({1}, {1});
  graph.nodes = {{"bn", "BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}, {}},
                 {"total", "ReduceSum", {"y"}, {"loss"}, {}}};
  graph.outputs = {"loss"};
  infer_shapes(graph);
  EXPECT_THAT([&] { differentiate(graph, "loss", {"s"}); },
              ThrowsMessage<UserError>(
                  "node 'bn' (BatchNormalization): has no gradient without training_mode 1"));
  graph.nodes[0].attributes["training_mode"] = std::int64_t{1};
  EXPECT_THAT([&] { differentiate(graph, "loss", {"m"}); },
              ThrowsMessage<UserError>("no gradient reaches parameter 'm'"));
}

TEST(Differentiate, ArgumentsAreChecked) {
  const Graph graph =
      with_loss({{"mul", "Mul", {"x", "w"}, {"y"}, {}}}, {{"w", floats({2}, {1, 2})}}, "y");
  EXPECT_THAT([&] { differentiate(graph, "nope", {"w"}); },
              ThrowsMessage<UserError>("the graph has no value 'nope' to be the loss"));
  EXPECT_THAT([&] { differentiate(graph, "y", {"w"}); },
              ThrowsMessage<UserError>("the loss 'y' is float32 [2], must be a float32 scalar"));
  EXPECT_THAT(
      [&] { differentiate(graph, "loss", {"y"}); },
      ThrowsMessage<UserError>("parameter 'y' is neither a constant nor an input of the graph"));
}

}  // namespace
}  // namespace systolith
