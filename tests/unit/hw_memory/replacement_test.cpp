// Replacement policies against sequences worked out by hand.
#include "hw/memory/replacement.h"

#include <gtest/gtest.h>

#include <set>

namespace systolith {
namespace {

const std::vector<bool> kFree(4, false);

TEST(Replacement, LruTakesTheLineWhoseUseIsTheLongestAgo) {
  const auto lru = registration<Replacement>("lru").create(2, 4);
  for (const std::size_t way : {0, 1, 2, 3, 0, 2}) lru->used(1, way);
  EXPECT_EQ(lru->victim(1, kFree), 1U);
  EXPECT_EQ(lru->victim(1, {false, true, false, false}), 3U);
  EXPECT_EQ(lru->victim(0, kFree), 0U);  // sets know nothing of each other
}

// Smith and Goodman, "A study of instruction cache organizations and replacement policies", ISCA
// 1983: after 0 1 2 3 0 2 true LRU takes 1, the tree 3: 0 turned its upper half to the right, 2
// then the root to the left.
TEST(Replacement, TheTreeForgetsWhatHappenedInTheOtherHalf) {
  const auto plru = registration<Replacement>("plru").create(1, 4);
  for (const std::size_t way : {0, 1, 2, 3, 0, 2}) plru->used(0, way);
  EXPECT_EQ(plru->victim(0, kFree), 1U);
  plru->used(0, 1);
  EXPECT_EQ(plru->victim(0, kFree), 3U);
  EXPECT_EQ(plru->victim(0, {false, false, true, true}), 0U);
}

TEST(Replacement, RandomTakesEveryFreeWayAndIsTheSameEachTime) {
  const auto a = registration<Replacement>("random").create(1, 4);
  const auto b = registration<Replacement>("random").create(1, 4);
  std::set<std::size_t> taken;
  for (int i = 0; i < 100; ++i) {
    const std::size_t way = a->victim(0, {false, true, false, false});
    EXPECT_EQ(way, b->victim(0, {false, true, false, false}));
    taken.insert(way);
  }
  EXPECT_EQ(taken, (std::set<std::size_t>{0, 2, 3}));
}

}  // namespace
}  // namespace systolith
