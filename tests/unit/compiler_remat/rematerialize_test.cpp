#include "compiler/remat/rematerialize.h"

#include <gmock/gmock.h>

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

class At : public RematPolicy {
 public:
  explicit At(std::vector<std::size_t> starts) : starts_(std::move(starts)) {}
  std::vector<std::size_t> segments(const Graph&, std::size_t) const override { return starts_; }

 private:
  std::vector<std::size_t> starts_;
};

// Six Relus forward, x0 (the input) to x6, and the ReluGrads back, g6 (an input) to g0.
Graph chain() {
  Graph graph;
  graph.inputs = {{"x0", DataType::float32, {4}}, {"g6", DataType::float32, {4}}};
  const auto value = [](const char* kind, int i) { return fmt::format("{}{}", kind, i); };
  for (int i = 1; i <= 6; ++i)
    graph.nodes.push_back(
        {fmt::format("f{}", i), "Relu", {value("x", i - 1)}, {value("x", i)}, {}});
  for (int i = 6; i >= 1; --i)
    graph.nodes.push_back({fmt::format("b{}", i),
                           "ReluGrad",
                           {value("g", i), value("x", i)},
                           {value("g", i - 1)},
                           {}});
  graph.outputs = {"g0"};
  for (int i = 0; i <= 6; ++i)
    for (const char* kind : {"x", "g"})
      graph.values[value(kind, i)] = {value(kind, i), DataType::float32, {4}};
  return graph;
}

std::vector<std::string> names(const Graph& graph) {
  std::vector<std::string> result;
  for (const Node& node : graph.nodes) result.push_back(node.name);
  return result;
}

TEST(Rematerialize, CopiesASegmentBeforeItsFirstBackwardReader) {
  const Graph graph = rematerialize(chain(), 6, At({0, 2, 4}));
  EXPECT_THAT(names(graph), ElementsAre("f1", "f2", "f3", "f4", "f5", "f6", "b6", "b5", "b4",
                                        "f3/recompute", "b3", "b2", "f1/recompute", "b1"));
  // x4 crosses into the last segment and is kept, x3 is not; x2 feeds the copy.
  EXPECT_EQ(graph.nodes[8].inputs[1], "x4");
  EXPECT_EQ(graph.nodes[9].inputs[0], "x2");
  EXPECT_EQ(graph.nodes[10].inputs[1], "x3/recompute");
}

TEST(Rematerialize, OneSegmentCopiesNothing) {
  EXPECT_EQ(names(rematerialize(chain(), 6, At({0}))), names(chain()));
  const auto policy = registration<RematPolicy>("keep_all").create();
  EXPECT_EQ(names(rematerialize(chain(), 6, *policy)), names(chain()));
}

TEST(Rematerialize, CopiesHaveOnlyTheOutputsThatAreReadAgain) {
  Graph graph = chain();
  graph.nodes[0] = {"f1", "BatchNormalization", {"x0"}, {"x1", "mean", "var"}, {}};
  graph.constants["m"] = {DataType::float32, {4}, {0, 0, 0, 0}, {}};
  graph.values["mean"] = graph.values["var"] = {"mean", DataType::float32, {4}};
  graph.states = {{"m", "mean"}};
  graph = rematerialize(std::move(graph), 6, At({0, 3}));
  const auto copy = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                 [](const Node& node) { return node.name == "f1/recompute"; });
  ASSERT_NE(copy, graph.nodes.end());
  EXPECT_THAT(copy->outputs, ElementsAre("x1/recompute"));
}

TEST(Sqrt, CutsNearTheEvenPlacesWhereLeastCrosses) {
  const auto policy = registration<RematPolicy>("sqrt").create();
  // Nine nodes, three segments: the cuts fall on 2..4 and 5..7 (the first of equals).
  Graph graph;
  graph.inputs = {{"x0", DataType::float32, {1}}};
  for (int i = 1; i <= 9; ++i) {
    const std::string from = fmt::format("x{}", i - 1), to = fmt::format("x{}", i);
    graph.nodes.push_back({to, "Relu", {from}, {to}, {}});
    graph.values[to] = {to, DataType::float32, {i == 3 || i == 7 ? 1 : 8}};
  }
  EXPECT_THAT(policy->segments(graph, 9), ElementsAre(0, 3, 7));
}

TEST(RematPolicy, UnknownNamesAreAnsweredWithTheKnownOnes) {
  EXPECT_THAT([] { registration<RematPolicy>("sqrt2"); },
              ThrowsMessage<UserError>("unknown remat policy 'sqrt2' (known: keep_all, sqrt); did "
                                       "you mean 'sqrt'?"));
}

}  // namespace
}  // namespace systolith
