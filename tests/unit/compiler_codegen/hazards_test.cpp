#include "compiler/codegen/hazards.h"

#include <gmock/gmock.h>

namespace systolith {
namespace {

Toucher by(Engine engine, std::uint64_t index) { return {{CoreId{0}, index}, engine}; }

std::vector<std::uint64_t> indices(const Waits& waits) {
  std::vector<std::uint64_t> list;
  for (const Toucher& toucher : waits.sorted()) list.push_back(toucher.command.index);
  return list;
}

TEST(HazardMap, AReadWaitsForTheWriterOfAnyByteItTouches) {
  HazardMap map;
  Waits none, after;
  map.write({0, 64}, by(Engine::load, 0), none);
  map.write({64, 128}, by(Engine::load, 1), none);
  map.read({60, 70}, by(Engine::array, 0), after);
  EXPECT_THAT(indices(after), testing::UnorderedElementsAre(0, 1));
}

TEST(HazardMap, AReadOfUntouchedBytesWaitsForNobody) {
  HazardMap map;
  Waits none, after;
  map.write({0, 64}, by(Engine::load, 0), none);
  map.read({64, 128}, by(Engine::array, 0), after);
  EXPECT_THAT(indices(after), testing::IsEmpty());
}

TEST(HazardMap, AWriteWaitsForTheReadersOfWhatItOverwrites) {
  HazardMap map;
  Waits none, after;
  map.write({0, 64}, by(Engine::load, 0), none);
  map.read({0, 32}, by(Engine::vector, 5), none);
  map.write({16, 48}, by(Engine::load, 1), after);
  EXPECT_THAT(indices(after), testing::UnorderedElementsAre(0, 5));
}

TEST(HazardMap, AWriteStandsForTheWritersThatItWaitedFor) {
  HazardMap map;
  Waits none, waited, after;
  map.write({0, 64}, by(Engine::load, 0), none);
  map.write({0, 64}, by(Engine::load, 1), waited);
  EXPECT_THAT(indices(waited), testing::ElementsAre(0));
  map.read({0, 64}, by(Engine::array, 0), after);
  EXPECT_THAT(indices(after), testing::ElementsAre(1));
}

// Four bytes of every sixteen, from `phase` on: a slice of the channels of 64 bytes of pixels.
AddressRange slice(std::uint64_t phase) { return {0, 64, 16, phase, 4}; }

TEST(HazardMap, SlicesOfTheSamePixelsWaitForTheirOwnBytesOnly) {
  HazardMap map;
  Waits none, second, third, own, all;
  map.write(slice(0), by(Engine::store, 0), none);
  map.write(slice(8), by(Engine::store, 1), second);
  EXPECT_THAT(indices(second), testing::IsEmpty());
  map.write(slice(6), by(Engine::store, 2), third);  // shares bytes 8 and 9
  EXPECT_THAT(indices(third), testing::ElementsAre(1));
  map.read(slice(0), by(Engine::load, 0), own);
  EXPECT_THAT(indices(own), testing::ElementsAre(0));
  map.read({0, 64}, by(Engine::load, 1), all);
  EXPECT_THAT(indices(all), testing::ElementsAre(0, 1, 2));
}

TEST(HazardMap, ManyReadersOfOneRangeAreAChainOfWaits) {
  constexpr std::uint64_t kReaders = 1000;
  HazardMap map;
  std::vector<Waits> waits(kReaders + 1);
  for (std::uint64_t i = 0; i < kReaders; ++i) map.read({0, 64}, by(Engine::load, i), waits[i]);
  map.write({0, 64}, by(Engine::store, 0), waits[kReaders]);
  EXPECT_LT(indices(waits[kReaders]).size(), kReaders / 10);
  // The write waits, directly or through others, for every one of them.
  std::vector<bool> reached(kReaders, false);
  std::vector<std::uint64_t> open = indices(waits[kReaders]);
  while (!open.empty()) {
    const std::uint64_t i = open.back();
    open.pop_back();
    if (reached[i]) continue;
    reached[i] = true;
    for (const std::uint64_t next : indices(waits[i])) open.push_back(next);
  }
  EXPECT_THAT(reached, testing::Each(true));
}

TEST(HazardMap, OfAnEngineThatFinishesInOrderOnlyTheLastCommandIsWaitedFor) {
  HazardMap map;
  Waits none, after;
  for (std::uint64_t i = 0; i < 4; ++i) map.read(slice(4 * i), by(Engine::vector, i), none);
  map.write({0, 64}, by(Engine::load, 0), after);
  EXPECT_THAT(indices(after), testing::ElementsAre(3));
}

}  // namespace
}  // namespace systolith
