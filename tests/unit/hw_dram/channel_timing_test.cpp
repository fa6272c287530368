#include <gtest/gtest.h>

#include "hw/dram/channel_timing.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

TEST(ChannelTiming, ALoneReadTakesLatencyAndItsBurst) {
  ChannelTiming channel(dram_config("ddr4_2400"));
  EXPECT_EQ(channel.serve({0, 64, false}, Cycles(100)), Cycles(100 + 34 + 4));
}

TEST(ChannelTiming, BackToBackReadsAreABurstApart) {
  ChannelTiming channel(dram_config("ddr4_2400"));
  const Cycles first = channel.serve({0, 64, false}, Cycles(0));
  for (int i = 1; i <= 100; ++i)
    EXPECT_EQ(channel.serve({static_cast<std::uint64_t>(i) * 64, 64, false}, Cycles(0)),
              first + Cycles(4 * i));
}

TEST(ChannelTiming, PartOfABurstTakesAllOfItAndAStraddlingRequestTwo) {
  ChannelTiming channel(dram_config("ddr4_2400"));
  EXPECT_EQ(channel.serve({8, 3, false}, Cycles(0)), Cycles(38));
  EXPECT_EQ(channel.serve({60, 8, false}, Cycles(1000)), Cycles(1000 + 34 + 8));
}

}  // namespace
}  // namespace systolith
