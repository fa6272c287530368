#include "compiler/codegen/lifetime_allocator.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

TEST(LifetimeAllocator, BuffersThatNeverMeetShareAddresses) {
  LifetimeAllocator allocator(0, 128);
  EXPECT_EQ(allocator.allocate(128, 0, 3), 0);
  EXPECT_EQ(allocator.allocate(128, 4, 5), 0);
}

TEST(LifetimeAllocator, BuffersThatMeetForOneStepDoNot) {
  LifetimeAllocator allocator(0, 256);
  EXPECT_EQ(allocator.allocate(64, 0, 3), 0);
  EXPECT_EQ(allocator.allocate(64, 3, 5), 64);
}

TEST(LifetimeAllocator, TheLowestHoleThatIsBigEnoughIsTaken) {
  LifetimeAllocator allocator(1024, 512);
  EXPECT_EQ(allocator.allocate(64, 0, 9), 1024);
  EXPECT_EQ(allocator.allocate(64, 0, 1), 1088);
  EXPECT_EQ(allocator.allocate(64, 0, 9), 1152);
  EXPECT_EQ(allocator.allocate(128, 2, 9), 1216);
  EXPECT_EQ(allocator.allocate(64, 2, 9), 1088);
}

TEST(LifetimeAllocator, WhatDoesNotFitIsRefusedAndLeavesNoTrace) {
  LifetimeAllocator allocator(0, 128);
  EXPECT_EQ(allocator.allocate(129, 0, 0), std::nullopt);
  EXPECT_EQ(allocator.high_water(), 0);
  EXPECT_EQ(allocator.allocate(100, 0, 0), 0);
  EXPECT_EQ(allocator.high_water(), 128);
}

}  // namespace
}  // namespace systolith
