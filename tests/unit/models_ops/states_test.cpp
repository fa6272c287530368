// States: constants that a run replaces.
#include "run_op.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

// a becomes b, and b becomes a + x.
Graph fibonacci() {
  Graph graph;
  graph.inputs = {{"x", DataType::float32, {1}}};
  graph.constants = {{"a", floats({1}, {1})}, {"b", floats({1}, {10})}};
  graph.nodes = {{"add", "Add", {"a", "x"}, {"sum"}, {}}, {"relu", "Relu", {"b"}, {"y"}, {}}};
  graph.outputs = {"y"};
  graph.states = {{"a", "b"}, {"b", "sum"}};
  return graph;
}
const TensorMap kInput = {{"x", floats({1}, {100})}};

TEST(States, AreReadBeforeTheyAreReplaced) {
  Graph graph = fibonacci();
  sort(graph);
  infer_shapes(graph);
  const TensorMap results = run_step(graph, kInput);
  EXPECT_EQ(results.size(), 1U);
  EXPECT_THAT(results.at("y").floats, ElementsAre(10));
  EXPECT_THAT(graph.constants.at("a").floats, ElementsAre(10));
  EXPECT_THAT(graph.constants.at("b").floats, ElementsAre(101));
  EXPECT_THAT(run_step(graph, kInput, {"sum"}).at("sum").floats, ElementsAre(110));
}

TEST(States, AreNotKnownBeforeTheRun) {
  Graph graph = fibonacci();
  graph.constants["shape"] = integers({1}, {1});
  graph.nodes.push_back({"reshape", "Reshape", {"x", "shape"}, {"r"}, {}});
  graph.nodes.push_back({"next", "Identity", {"shape"}, {"s"}, {}});
  infer_shapes(graph);
  graph.states.push_back({"shape", "s"});
  EXPECT_THAT([&] { infer_shapes(graph); },
              ThrowsMessage<UserError>("node 'reshape' (Reshape): shape 'shape' must be known at "
                                       "compile time, but depends on the graph's inputs"));
}

TEST(States, MustBeConstantsBoundOnceToValuesOfTheirShape) {
  Graph graph = fibonacci();
  graph.states = {{"x", "sum"}};
  EXPECT_THAT(
      [&] { sort(graph); },
      ThrowsMessage<UserError>("state 'x' has no value to begin with: no constant has that name"));
  graph.states = {{"a", "nothing"}};
  EXPECT_THAT([&] { sort(graph); },
              ThrowsMessage<UserError>("state 'a': its next value 'nothing' is not defined by any "
                                       "graph input, constant or node"));
  graph.states = {{"a", "sum"}, {"a", "b"}};
  EXPECT_THAT([&] { sort(graph); }, ThrowsMessage<UserError>("state 'a' is bound twice"));
  graph.constants["c"] = floats({2}, {1, 2});
  graph.states = {{"a", "c"}};
  EXPECT_THAT(
      [&] { infer_shapes(graph); },
      ThrowsMessage<UserError>("state 'a' is float32 [1], but its next value 'c' is float32 [2]"));
}

}  // namespace
}  // namespace systolith
