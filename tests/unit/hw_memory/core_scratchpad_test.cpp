// A core's scratchpad, in one and with a part of its own for weights.
#include "hw/memory/core_scratchpad.h"

#include <gtest/gtest.h>

#include "hw/control/systemc_kernel.h"

namespace systolith {
namespace {

using Regions = CoreScratchpad::Regions;

CoreConfig divided() {
  CoreConfig core;
  core.scratchpad = {kibibytes(4), 4, Bytes(16)};
  core.weight_scratchpad = {kibibytes(1), 2, Bytes(8)};
  return core;
}

// Two tenants with half of either part each.
TenantTable<Regions> halves() {
  return TenantTable<Regions>(std::vector<Regions>{{{0, kibibytes(2)}, {0, Bytes(512)}},
                                                   {{2048, kibibytes(2)}, {512, Bytes(512)}}});
}

TEST(CoreScratchpad, WeightsAddressesFollowTheOthers) {
  const SystemcKernel kernel;
  CoreScratchpad memory("scratchpad", divided(), halves(), true);
  for (const TenantId tenant : {TenantId{0}, TenantId{1}}) {
    EXPECT_EQ(memory.width({tenant, 2047}), Bytes(16));
    EXPECT_EQ(memory.width({tenant, 2048}), Bytes(8));
    *memory.data({tenant, 2047}) = static_cast<std::uint8_t>(tenant) + 1;
    *memory.data({tenant, 2048 + 511}) = static_cast<std::uint8_t>(tenant) + 11;
  }
  for (const TenantId tenant : {TenantId{0}, TenantId{1}}) {
    EXPECT_EQ(*memory.data({tenant, 2047}), static_cast<std::uint8_t>(tenant) + 1);
    EXPECT_EQ(*memory.data({tenant, 2048 + 511}), static_cast<std::uint8_t>(tenant) + 11);
  }
}

TEST(CoreScratchpad, NothingReachesFromOnePartIntoTheOther) {
  const SystemcKernel kernel;
  const CoreScratchpad memory("scratchpad", divided(), halves(), false);
  const LocalCapacity capacity = memory.capacity(TenantId{});
  EXPECT_TRUE(capacity.holds(0, 2047));
  EXPECT_TRUE(capacity.holds(2048, 2559));
  EXPECT_FALSE(capacity.holds(2047, 2048));
  EXPECT_FALSE(capacity.holds(2048, 2560));
  EXPECT_FALSE(capacity.holds(-1, 5));
  EXPECT_EQ(capacity.text(), "2048 and behind them 512 for weights");
}

TEST(CoreScratchpad, ThePartsDoNotWaitForEachOther) {
  const SystemcKernel kernel;
  CoreScratchpad memory("scratchpad", divided(), halves(), false);
  const auto read = [&](std::uint64_t byte, std::int64_t words) {
    return memory.reserve(Access::read, {TenantId{}, byte}, Cycles(0), Cycles(0), Cycles(64), words)
        .count();
  };
  EXPECT_EQ(read(0, 4 * 64), 64);     // all four banks, all the time
  EXPECT_EQ(read(2048, 2 * 64), 64);  // both of the weights'
  EXPECT_EQ(read(0, 4 * 64), 128);
  EXPECT_EQ(memory.bytes_read(), 2 * 4 * 64 * 16 + 2 * 64 * 8);
}

}  // namespace
}  // namespace systolith
