#include <gtest/gtest.h>

#include <set>

#include "hw/dram/channel_interleave.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

TEST(ChannelInterleave, TheDefaultPutsNeighbouringRequestsOnNeighbouringChannels) {
  const ChannelInterleave map(dram_config("ddr4_2400", 2), Bytes(64));
  EXPECT_EQ(map.place(0).channel, 0);
  EXPECT_EQ(map.place(63).channel, 0);
  EXPECT_EQ(map.place(64).channel, 1);
  EXPECT_EQ(map.place(130).channel, 0);
  EXPECT_EQ(map.place(130).address, 66U);
}

TEST(ChannelInterleave, AChannelOnTopFillsOneChannelAfterTheOther) {
  const ChannelInterleave map(dram_config("ddr4_2400", 2, "channel:row:bank:column:bankgroup"),
                              Bytes(64));
  const std::uint64_t capacity = std::uint64_t{8} << 30;
  EXPECT_EQ(map.place(capacity - 1).channel, 0);
  EXPECT_EQ(map.place(capacity).channel, 1);
  EXPECT_EQ(map.place(capacity).address, 0U);
}

TEST(ChannelInterleave, AChannelAboveTheColumnKeepsARowTogether) {
  const ChannelInterleave map(dram_config("ddr4_2400", 2, "row:bankgroup:bank:channel:column"),
                              Bytes(64));
  EXPECT_EQ(map.granule(), kibibytes(8));
}

TEST(ChannelInterleave, ARequestLargerThanTheBurstStaysOnOneChannel) {
  const ChannelInterleave map(dram_config("lpddr4_3200", 4), Bytes(64));
  EXPECT_EQ(map.place(32).channel, 0);
  EXPECT_EQ(map.place(64).channel, 1);
}

TEST(ChannelInterleave, OneChannelHasAllAddresses) {
  const ChannelInterleave map(dram_config("ddr4_2400"), Bytes(64));
  EXPECT_EQ(map.place(0x123456789).channel, 0);
  EXPECT_EQ(map.place(0x123456789).address, 0x123456789U);
}

// Every address has a place of its own, within a channel's share.
void expect_one_to_one(const DramConfig& config, Bytes request, std::uint64_t blocks) {
  const ChannelInterleave map(config, request);
  const auto step = static_cast<std::uint64_t>(request.count());
  std::set<std::pair<std::int64_t, std::uint64_t>> seen;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    const auto first = map.place(block * step), last = map.place(block * step + step - 1);
    EXPECT_EQ(last.channel, first.channel);
    EXPECT_EQ(last.address, first.address + step - 1);
    EXPECT_LT(first.channel, config.channels);
    EXPECT_TRUE(seen.insert({first.channel, first.address}).second);
  }
}

TEST(ChannelInterleave, AnyNumberOfChannelsMapsOneToOne) {
  for (const std::int64_t channels : {1, 2, 3, 5, 8, 12})
    expect_one_to_one(dram_config("ddr4_2400", channels), Bytes(64), 3000);
}

TEST(ChannelInterleave, SlicesOfTheChannelMapOneToOne) {
  const DramConfig config = dram_config(
      "ddr4_2400", 4, "row:channel[1]:bank:column[9:5]:channel[0]:column[4:3]:bankgroup");
  expect_one_to_one(config, Bytes(64), 5000);
  const ChannelInterleave map(config, Bytes(64));
  EXPECT_EQ(map.place(64 * 15).channel, 0);
  EXPECT_EQ(map.place(64 * 16).channel, 1);
  EXPECT_EQ(map.place(64 * 16 * 2 * 32 * 4).channel, 2);
}

TEST(ChannelInterleave, SlicesBelowARequestMoveUpPastIt) {
  const DramConfig config =
      dram_config("lpddr4_3200", 4, "row:bank:column[9:5]:channel[1]:column[4]:channel[0]");
  expect_one_to_one(config, Bytes(128), 3000);
}

}  // namespace
}  // namespace systolith
