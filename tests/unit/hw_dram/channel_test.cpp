#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "hw/dram/channel_interleave.h"
#include "hw/dram/channel_timing.h"
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

DramConfig dram(const std::string& standard, std::int64_t channels, const std::string& mapping) {
  DramConfig config;
  config.standard = standard;
  config.channels = channels;
  config.mapping = mapping;
  config.facts = registration<DramStandard>(standard).create().facts(standard);
  return config;
}

double peak(const std::string& standard) { return dram(standard, 1, "").peak_bytes_per_second(); }

TEST(DramStandards, PeakBandwidthIsThatOfTheirDataRate) {
  EXPECT_DOUBLE_EQ(peak("ddr4_2400"), 19.2e9);   // 2400 MT/s x 8 B
  EXPECT_DOUBLE_EQ(peak("ddr4_3200"), 25.6e9);   // 3200 MT/s x 8 B
  EXPECT_DOUBLE_EQ(peak("lpddr4_3200"), 6.4e9);  // 3200 MT/s x 2 B
  EXPECT_DOUBLE_EQ(peak("hbm2_2000"), 32e9);     // 2000 MT/s x 16 B
}

TEST(DramStandards, CapacityIsRowsTimesColumnsTimesBanks) {
  const auto capacity = [](const std::string& name) {
    return registration<DramStandard>(name).create().facts(name).capacity;
  };
  EXPECT_EQ(capacity("ddr4_2400"), mebibytes(8192));
  EXPECT_EQ(capacity("lpddr4_3200"), mebibytes(1024));
  EXPECT_EQ(capacity("hbm2_2000"), mebibytes(1024));
}

TEST(DramStandards, ReadLatencyIsRowThenColumnAccess) {
  EXPECT_EQ(registration<DramStandard>("ddr4_2400").create().facts("").read_latency, Cycles(34));
  EXPECT_EQ(registration<DramStandard>("hbm2_2000").create().facts("").write_latency, Cycles(17));
}

TEST(ChannelTiming, ALoneReadTakesLatencyAndItsBurst) {
  ChannelTiming channel(dram("ddr4_2400", 1, "").facts);
  EXPECT_EQ(channel.serve({0, 64, false}, Cycles(100)), Cycles(100 + 34 + 4));
}

TEST(ChannelTiming, BackToBackReadsAreABurstApart) {
  ChannelTiming channel(dram("ddr4_2400", 1, "").facts);
  const Cycles first = channel.serve({0, 64, false}, Cycles(0));
  for (int i = 1; i <= 100; ++i)
    EXPECT_EQ(channel.serve({static_cast<std::uint64_t>(i) * 64, 64, false}, Cycles(0)),
              first + Cycles(4 * i));
}

TEST(ChannelTiming, PartOfABurstTakesAllOfItAndAStraddlingRequestTwo) {
  ChannelTiming channel(dram("ddr4_2400", 1, "").facts);
  EXPECT_EQ(channel.serve({8, 3, false}, Cycles(0)), Cycles(38));
  EXPECT_EQ(channel.serve({60, 8, false}, Cycles(1000)), Cycles(1000 + 34 + 8));
}

TEST(ChannelInterleave, TheDefaultPutsNeighbouringRequestsOnNeighbouringChannels) {
  const ChannelInterleave map(dram("ddr4_2400", 2, ""), Bytes(64));
  EXPECT_EQ(map.place(0).channel, 0);
  EXPECT_EQ(map.place(63).channel, 0);
  EXPECT_EQ(map.place(64).channel, 1);
  EXPECT_EQ(map.place(130).channel, 0);
  EXPECT_EQ(map.place(130).address, 66U);
}

TEST(ChannelInterleave, AChannelOnTopFillsOneChannelAfterTheOther) {
  const ChannelInterleave map(dram("ddr4_2400", 2, "channel:row:bank:column:bankgroup"), Bytes(64));
  const std::uint64_t capacity = std::uint64_t{8} << 30;
  EXPECT_EQ(map.place(capacity - 1).channel, 0);
  EXPECT_EQ(map.place(capacity).channel, 1);
  EXPECT_EQ(map.place(capacity).address, 0U);
}

TEST(ChannelInterleave, AChannelAboveTheColumnKeepsARowTogether) {
  const ChannelInterleave map(dram("ddr4_2400", 2, "row:bankgroup:bank:channel:column"), Bytes(64));
  EXPECT_EQ(map.granule(), kibibytes(8));
}

TEST(ChannelInterleave, ARequestLargerThanTheBurstStaysOnOneChannel) {
  const ChannelInterleave map(dram("lpddr4_3200", 4, ""), Bytes(64));
  EXPECT_EQ(map.place(32).channel, 0);
  EXPECT_EQ(map.place(64).channel, 1);
}

TEST(ChannelInterleave, ThreeChannelsMapOneToOne) {
  const ChannelInterleave map(dram("ddr4_2400", 3, ""), Bytes(64));
  std::set<std::pair<std::int64_t, std::uint64_t>> seen;
  for (std::uint64_t address = 0; address < 64 * 300; address += 64) {
    const auto place = map.place(address);
    EXPECT_LT(place.address, 64U * 100);
    EXPECT_TRUE(seen.insert({place.channel, place.address}).second);
  }
}

TEST(ChannelInterleave, AMappingWithAnUnknownFieldIsRefused) {
  try {
    ChannelInterleave(dram("ddr4_2400", 2, "row:bank:column:lane:channel"), Bytes(64));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "dram.mapping 'row:bank:column:lane:channel' must hold each of row, bank, column, "
                 "bankgroup, channel once, separated by ':'");
  }
}

}  // namespace
}  // namespace systolith
