#include <gtest/gtest.h>

#include <map>
#include <random>

#include "hw/dma/burst_generator.h"

namespace systolith {
namespace {

std::vector<Burst> bursts_of(const Transfer& transfer, Bytes burst = Bytes(64)) {
  std::vector<Burst> bursts;
  for (BurstGenerator generator(transfer, burst); !generator.done();)
    bursts.push_back(generator.next());
  return bursts;
}

Transfer linear(std::uint64_t system, std::uint64_t local, std::int64_t run) {
  Transfer transfer;
  transfer.system_address = system;
  transfer.local_address = local;
  transfer.run = run;
  return transfer;
}

TEST(BurstGenerator, AnUnalignedRunIsCutAtMultiplesOfTheBurst) {
  const auto bursts = bursts_of(linear(100, 7, 100));
  ASSERT_EQ(bursts.size(), 3U);
  EXPECT_EQ(bursts[0].bytes, 28);
  EXPECT_EQ(bursts[1].system_address, 128U);
  EXPECT_EQ(bursts[1].local_address, 35U);
  EXPECT_EQ(bursts[1].bytes, 64);
  EXPECT_EQ(bursts[2].bytes, 8);
}

TEST(BurstGenerator, LoopsThatContinueTheRunAreJoined) {
  Transfer transfer = linear(0, 0, 16);
  transfer.loops[2] = {8, 16, 16};
  transfer.loops[1] = {2, 128, 128};
  EXPECT_EQ(bursts_of(transfer).size(), 4U);
}

TEST(BurstGenerator, AGapOnEitherSideKeepsRunsApart) {
  Transfer transfer = linear(0, 0, 16);
  transfer.loops[2] = {4, 16, 32};
  EXPECT_EQ(bursts_of(transfer).size(), 4U);
}

TEST(BurstGenerator, TransposedRunsAdvanceByTheirElements) {
  Transfer transfer = linear(32, 100, 64);
  transfer.element = 4;
  transfer.element_stride = 50;
  const auto bursts = bursts_of(transfer);
  ASSERT_EQ(bursts.size(), 2U);
  EXPECT_EQ(bursts[0].bytes, 32);
  EXPECT_EQ(bursts[1].system_address, 64U);
  EXPECT_EQ(bursts[1].local_address, 100U + 8 * 50);
}

// Every byte of the descriptor exactly once, and none across a burst's boundary.
TEST(BurstGenerator, MovesEveryByteOfAnyDescriptorOnce) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Transfer transfer =
        linear(random() % 1000, random() % 1000, static_cast<std::int64_t>(1 + random() % 200));
    for (auto& loop : transfer.loops)
      loop = {static_cast<std::int64_t>(1 + random() % 4),
              static_cast<std::int64_t>(random() % 4000),
              static_cast<std::int64_t>(random() % 4000)};
    std::map<std::pair<std::uint64_t, std::uint64_t>, int> expected, moved;
    for (std::int64_t i = 0; i < transfer.loops[0].count; ++i)
      for (std::int64_t j = 0; j < transfer.loops[1].count; ++j)
        for (std::int64_t k = 0; k < transfer.loops[2].count; ++k)
          for (std::int64_t b = 0; b < transfer.run; ++b) {
            const auto offset = [&](std::int64_t TransferLoop::*stride) {
              return static_cast<std::uint64_t>(i * (transfer.loops[0].*stride) +
                                                j * (transfer.loops[1].*stride) +
                                                k * (transfer.loops[2].*stride) + b);
            };
            ++expected[{transfer.system_address + offset(&TransferLoop::system_stride),
                        transfer.local_address + offset(&TransferLoop::local_stride)}];
          }
    for (const Burst& burst : bursts_of(transfer, Bytes(32))) {
      EXPECT_EQ(burst.system_address / 32,
                (burst.system_address + static_cast<std::uint64_t>(burst.bytes) - 1) / 32);
      for (std::int64_t b = 0; b < burst.bytes; ++b)
        ++moved[{burst.system_address + static_cast<std::uint64_t>(b),
                 burst.local_address + static_cast<std::uint64_t>(b)}];
    }
    EXPECT_EQ(moved, expected);
  }
}

}  // namespace
}  // namespace systolith
