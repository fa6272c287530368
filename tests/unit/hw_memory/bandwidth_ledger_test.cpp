#include <gtest/gtest.h>

#include <random>

#include "hw/memory/bandwidth_ledger.h"

namespace systolith {
namespace {

Cycles at(std::int64_t cycle) { return Cycles(cycle); }

TEST(BandwidthLedger, AnUncontendedReservationEndsWhenAsked) {
  BandwidthLedger ledger(4, 64);
  EXPECT_EQ(ledger.reserve(at(0), at(10), at(20), 40), at(20));
}

TEST(BandwidthLedger, AskingForMoreThanTheBanksGiveTakesLonger) {
  BandwidthLedger ledger(4, 64);
  EXPECT_EQ(ledger.reserve(at(0), at(0), at(10), 48), at(12));
}

TEST(BandwidthLedger, TwoUsersOfAllTheBandwidthTakeTwiceAsLong) {
  BandwidthLedger ledger(2, 64);
  EXPECT_EQ(ledger.reserve(at(0), at(0), at(640), 1280), at(640));
  EXPECT_EQ(ledger.reserve(at(0), at(0), at(640), 1280), at(1280));
}

TEST(BandwidthLedger, AnEvenSpreadLeavesRoomForOthersThroughout) {
  BandwidthLedger ledger(2, 64);
  EXPECT_EQ(ledger.reserve(at(0), at(0), at(640), 640), at(640));
  EXPECT_EQ(ledger.reserve(at(0), at(0), at(640), 640), at(640));
  EXPECT_GT(ledger.reserve(at(0), at(0), at(640), 10), at(640));
}

TEST(BandwidthLedger, LaterReservationsFillEarlierGaps) {
  BandwidthLedger ledger(1, 1);
  EXPECT_EQ(ledger.reserve(at(0), at(10), at(11), 1), at(11));
  EXPECT_EQ(ledger.reserve(at(0), at(5), at(6), 1), at(6));
  EXPECT_EQ(ledger.reserve(at(0), at(10), at(11), 1), at(12));
  EXPECT_EQ(ledger.reserve(at(0), at(4), at(7), 3), at(8));  // cycles 4, 6, 7
}

TEST(BandwidthLedger, ALinkCarriesPartsOfABeatForSeveralUsers) {
  BandwidthLedger link(512, 1);
  for (int burst = 0; burst < 8; ++burst) EXPECT_EQ(link.reserve(at(0), at(3), at(4), 64), at(4));
  EXPECT_EQ(link.reserve(at(0), at(3), at(4), 64), at(5));
}

TEST(BandwidthLedger, FarReservationsGrowItAndNothingIsLost) {
  BandwidthLedger ledger(1, 1);
  EXPECT_EQ(ledger.reserve(at(0), at(100'000), at(100'001), 1), at(100'001));
  EXPECT_EQ(ledger.reserve(at(0), at(7), at(8), 1), at(8));
  EXPECT_EQ(ledger.reserve(at(50'000), at(100'000), at(100'001), 1), at(100'002));
  EXPECT_EQ(ledger.reserve(at(1'000'000), at(1'000'000), at(1'000'001), 1), at(1'000'001));
}

TEST(BandwidthLedger, NeverServesMoreThanItsBandwidth) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const std::int64_t slots = 1 + random() % 8;
    BandwidthLedger ledger(slots, 16);
    std::int64_t total = 0, last = 0;
    for (int i = 0; i < 100; ++i) {
      const std::int64_t begin = random() % 64, length = 1 + random() % 64, words = random() % 200;
      const Cycles end = ledger.reserve(at(0), at(begin), at(begin + length), words);
      EXPECT_GE(end, at(begin + length));
      EXPECT_GE(end.count() - begin, words / slots);
      total += words;
      last = std::max(last, end.count());
    }
    EXPECT_GE(round_up(last, 16) * slots, total);
  }
}

}  // namespace
}  // namespace systolith
