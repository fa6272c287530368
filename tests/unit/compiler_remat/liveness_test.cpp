#include "compiler/remat/liveness.h"

#include <gmock/gmock.h>

namespace systolith {
namespace {

// x [4] -> a -> b -> c (the output), and a once more read by c. 16 B each.
Graph diamond() {
  Graph graph;
  graph.inputs = {{"x", DataType::float32, {4}}};
  graph.nodes = {{"a", "Relu", {"x"}, {"a"}, {}},
                 {"b", "Relu", {"a"}, {"b"}, {}},
                 {"c", "Add", {"a", "b"}, {"c"}, {}},
                 {"d", "Relu", {"c"}, {"d"}, {}}};
  graph.outputs = {"d"};
  for (const char* name : {"x", "a", "b", "c", "d"})
    graph.values[name] = {name, DataType::float32, {4}};
  return graph;
}

TEST(Liveness, CountsFromTheMakerToTheLastReader) {
  EXPECT_THAT(live_bytes(diamond()),
              ::testing::ElementsAre(Bytes(16), Bytes(32), Bytes(48), Bytes(32)));
  EXPECT_EQ(peak_live_bytes(diamond()), Bytes(48));
  EXPECT_EQ(peak_live_bytes(Graph{}), Bytes(0));
}

TEST(Liveness, OutputsLiveToTheEndAndNextStatesTakeTheStatesPlace) {
  Graph graph = diamond();
  graph.outputs = {"b", "d"};
  EXPECT_EQ(live_bytes(graph)[3], Bytes(48));
  graph.outputs = {"d"};
  graph.states = {{"w", "c"}};
  EXPECT_THAT(live_bytes(graph),
              ::testing::ElementsAre(Bytes(16), Bytes(32), Bytes(32), Bytes(16)));
}

TEST(Liveness, CrossingIsWhatIsMadeBeforeAndReadBehind) {
  EXPECT_THAT(crossing_bytes(diamond(), 4),
              ::testing::ElementsAre(Bytes(0), Bytes(16), Bytes(32), Bytes(16), Bytes(0)));
}

TEST(Liveness, AnElementHasTheBytesOfItsType) {
  EXPECT_EQ(bytes_of({"", DataType::int64, {3}}), Bytes(24));
  EXPECT_EQ(bytes_of({"", DataType::boolean, {3}}), Bytes(3));
}

}  // namespace
}  // namespace systolith
