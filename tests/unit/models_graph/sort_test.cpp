#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/graph/graph.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

Node relu(const std::string& name, const std::vector<std::string>& inputs,
          const std::string& output) {
  return {name, "Relu", inputs, {output}, {}};
}

Graph graph_of(std::vector<Node> nodes, std::vector<std::string> outputs = {}) {
  Graph graph;
  graph.inputs = {{"x", DataType::float32, {1}}};
  graph.constants["w"].shape = {1};
  graph.outputs = std::move(outputs);
  graph.nodes = std::move(nodes);
  return graph;
}

std::vector<std::string> sorted_names(Graph graph) {
  sort(graph);
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(node.name);
  return names;
}

TEST(Sort, PutsProducersBeforeConsumers) {
  EXPECT_THAT(sorted_names(graph_of({relu("c", {"b_out"}, "c_out"), relu("b", {"a_out"}, "b_out"),
                                     relu("a", {"x"}, "a_out")})),
              ElementsAre("a", "b", "c"));
}

TEST(Sort, KeepsTheOrderOfNodesThatDoNotDependOnEachOther) {
  EXPECT_THAT(sorted_names(graph_of({relu("d", {"x"}, "1"), relu("b", {"x"}, "2"),
                                     relu("c", {"1"}, "3"), relu("a", {"w"}, "4")})),
              ElementsAre("d", "b", "c", "a"));
}

TEST(Sort, ANodeThatReadsAValueTwiceIsOrderedOnce) {
  EXPECT_THAT(sorted_names(graph_of({relu("add", {"y", "y"}, "z"), relu("a", {"x"}, "y")})),
              ElementsAre("a", "add"));
}

TEST(Sort, LeftOutInputsAndOutputsAreNoValues) {
  EXPECT_THAT(sorted_names(graph_of({{"pool", "MaxPool", {"x"}, {"y", ""}, {}},
                                     {"clip", "Clip", {"y", "", "w"}, {"z", ""}, {}}})),
              ElementsAre("pool", "clip"));
}

TEST(Sort, ACycleIsShownFromNodeToNode) {
  Graph graph = graph_of({relu("first", {"x"}, "0"), relu("conv_1", {"2"}, "1"),
                          relu("relu_1", {"1"}, "2"), relu("after", {"2"}, "3")});
  EXPECT_THAT([&] { sort(graph); },
              ThrowsMessage<UserError>("graph has a cycle: conv_1 -> relu_1 -> conv_1"));
}

TEST(Sort, OnlyTheNodesOnTheCycleAreNamed) {
  Graph graph = graph_of({relu("after", {"c"}, "d"), relu("one", {"c", "x"}, "a"),
                          relu("two", {"a"}, "b"), relu("three", {"b"}, "c")});
  EXPECT_THAT([&] { sort(graph); },
              ThrowsMessage<UserError>("graph has a cycle: one -> two -> three -> one"));
}

TEST(Sort, ANodeThatReadsItsOwnOutputIsACycle) {
  Graph graph = graph_of({relu("loop", {"a"}, "a")});
  EXPECT_THAT([&] { sort(graph); }, ThrowsMessage<UserError>("graph has a cycle: loop -> loop"));
}

TEST(Sort, AnUndefinedInputIsNamedWithItsNode) {
  Graph graph = graph_of({relu("relu_1", {"nothing"}, "y")});
  EXPECT_THAT([&] { sort(graph); },
              ThrowsMessage<UserError>("node 'relu_1' (Relu): input 'nothing' is not defined by "
                                       "any graph input, constant or node"));
}

TEST(Sort, AnUndefinedGraphOutputIsNamed) {
  Graph graph = graph_of({relu("relu_1", {"x"}, "y")}, {"y", "z"});
  EXPECT_THAT([&] { sort(graph); },
              ThrowsMessage<UserError>(
                  "graph output 'z' is not defined by any graph input, constant or node"));
}

TEST(Sort, AValueDefinedTwiceIsNamedWithBothDefinitions) {
  Graph twice = graph_of({relu("a", {"x"}, "y"), relu("b", {"x"}, "y")});
  EXPECT_THAT([&] { sort(twice); },
              ThrowsMessage<UserError>("value 'y' is defined twice: by node 'a' and by node 'b'"));
  Graph input = graph_of({relu("a", {"w"}, "x")});
  EXPECT_THAT(
      [&] { sort(input); },
      ThrowsMessage<UserError>("value 'x' is defined twice: as a graph input and by node 'a'"));
  Graph constant = graph_of({});
  constant.constants["x"] = {};
  EXPECT_THAT(
      [&] { sort(constant); },
      ThrowsMessage<UserError>("value 'x' is defined twice: as a graph input and as a constant"));
}

}  // namespace
}  // namespace systolith
