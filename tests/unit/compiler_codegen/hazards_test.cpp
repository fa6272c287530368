#include "compiler/codegen/hazards.h"

#include <gmock/gmock.h>

namespace systolith {
namespace {

Toucher by(Engine engine, std::uint64_t index) { return {{CoreId{0}, index}, engine}; }

std::vector<std::uint64_t> indices(const std::vector<Toucher>& touchers) {
  std::vector<std::uint64_t> list;
  for (const Toucher& toucher : touchers) list.push_back(toucher.command.index);
  return list;
}

TEST(HazardMap, AReadWaitsForTheWriterOfAnyByteItTouches) {
  HazardMap map;
  std::vector<Toucher> none, after;
  map.write({0, 64}, true, by(Engine::load, 0), none);
  map.write({64, 128}, true, by(Engine::load, 1), none);
  map.read({60, 70}, by(Engine::array, 0), after);
  EXPECT_THAT(indices(after), testing::UnorderedElementsAre(0, 1));
}

TEST(HazardMap, AReadOfUntouchedBytesWaitsForNobody) {
  HazardMap map;
  std::vector<Toucher> none, after;
  map.write({0, 64}, true, by(Engine::load, 0), none);
  map.read({64, 128}, by(Engine::array, 0), after);
  EXPECT_TRUE(after.empty());
}

TEST(HazardMap, AWriteWaitsForTheReadersOfWhatItOverwrites) {
  HazardMap map;
  std::vector<Toucher> none, after;
  map.write({0, 64}, true, by(Engine::load, 0), none);
  map.read({0, 32}, by(Engine::vector, 5), none);
  map.write({16, 48}, true, by(Engine::load, 1), after);
  EXPECT_THAT(indices(after), testing::UnorderedElementsAre(0, 5));
}

TEST(HazardMap, ADenseWriteHidesEarlierWritersAndOneWithGapsDoesNot) {
  HazardMap map;
  std::vector<Toucher> none, dense, gaps;
  map.write({0, 64}, true, by(Engine::load, 0), none);
  map.write({0, 64}, true, by(Engine::load, 1), none);
  map.read({0, 64}, by(Engine::array, 0), dense);
  EXPECT_THAT(indices(dense), testing::ElementsAre(1));
  map.write({0, 64}, false, by(Engine::load, 2), none);
  map.read({0, 64}, by(Engine::vector, 0), gaps);
  EXPECT_THAT(indices(gaps), testing::UnorderedElementsAre(1, 2));
}

TEST(HazardMap, OfAnEngineThatFinishesInOrderOnlyTheLastCommandIsWaitedFor) {
  HazardMap map;
  std::vector<Toucher> none, after;
  for (std::uint64_t i = 0; i < 4; ++i) map.write({0, 64}, false, by(Engine::vector, i), none);
  map.read({0, 64}, by(Engine::store, 0), after);
  EXPECT_THAT(indices(after), testing::ElementsAre(3));
}

}  // namespace
}  // namespace systolith
