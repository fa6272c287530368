#include "hw/dram/dram_replay.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "tests/support/dram_config.h"

namespace systolith {
namespace {

ReplayReport replay(const DramConfig& config, std::int64_t outstanding,
                    std::vector<TraceRequest> requests) {
  std::size_t next = 0;
  return DramReplay(config, outstanding).run([&](TraceRequest& request) {
    if (next == requests.size()) return false;
    request = requests[next++];
    return true;
  });
}

DramConfig ddr4(std::int64_t channels = 1) {
  DramConfig config = dram_config("ddr4_2400", channels);
  config.refresh = "none";
  return config;
}

TEST(LatencyCount, PercentilesAreOfTheNearestRank) {
  LatencyCount count;
  for (std::int64_t i = 1; i <= 200; ++i) count.add(Cycles(i));
  EXPECT_EQ(count.percentile(0.5), Cycles(100));
  EXPECT_EQ(count.percentile(0.99), Cycles(198));
  EXPECT_EQ(count.max(), Cycles(200));
  EXPECT_DOUBLE_EQ(count.mean(), 100.5);
  count.add(Cycles(5'000'000));
  EXPECT_EQ(count.max(), Cycles(5'000'000));
  EXPECT_EQ(count.percentile(0.99), Cycles(199));
}

TEST(DramReplay, OneReadAtATimeLeavesAClockBetween) {
  const ReplayReport report = replay(ddr4(), 1, {{0, false, {}}, {0, false, {}}});
  EXPECT_EQ(report.read_latency.max(), Cycles(17 + 17 + 4));
  EXPECT_EQ(report.cycles, Cycles(38 + 1 + 21));
}

TEST(DramReplay, ARequestWaitsForItsClock) {
  const ReplayReport report = replay(ddr4(), 8, {{0, false, {}}, {64, true, Cycles(500)}});
  EXPECT_EQ(report.cycles, Cycles(500 + 17 + 12 + 4));  // the write's data
}

TEST(DramReplay, ManyReadsInFlightHideTheirLatency) {
  std::vector<TraceRequest> reads;
  for (std::uint64_t i = 0; i < 1000; ++i) reads.push_back({i * 64, false, {}});
  EXPECT_EQ(replay(ddr4(), 32, reads).cycles, Cycles(17 + 17 + 1000 * 4));
  EXPECT_GT(replay(ddr4(), 2, reads).cycles, Cycles(1000 * 10));
}

TEST(DramReplay, ChannelsWorkSideBySide) {
  std::vector<TraceRequest> reads;
  for (std::uint64_t i = 0; i < 3000; ++i) reads.push_back({i * 64, false, {}});
  const ReplayReport report = replay(ddr4(3), 96, reads);
  EXPECT_EQ(report.counters.reads, 3000);
  EXPECT_LT(report.cycles, Cycles(17 + 17 + 1000 * 4 + 20));
}

TEST(DramReplay, PseudoChannelsDoubleTheBandwidth) {
  std::vector<TraceRequest> reads;
  for (std::uint64_t i = 0; i < 4000; ++i) reads.push_back({i * 32, false, {}});
  DramConfig one = dram_config("hbm2_2000"), two = one;
  two.pseudochannels = 2;
  one.refresh = two.refresh = "none";
  const auto cycles = [&](const DramConfig& config) {
    return static_cast<double>(replay(config, 64, reads).cycles.count());
  };
  EXPECT_NEAR(cycles(one) / cycles(two), 2.0, 0.05);
}

class Trace : public testing::Test {
 protected:
  Trace()
      : path_(testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name() +
              ".trc") {}
  ~Trace() override { std::filesystem::remove(path_); }
  std::vector<TraceRequest> read(const std::string& text) {
    std::ofstream(path_) << text;
    RequestTrace trace(path_, ddr4());
    std::vector<TraceRequest> requests;
    for (TraceRequest request; trace.next(request);) requests.push_back(request);
    return requests;
  }
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const UserError& error) {
      return std::string(error.what()).substr(path_.size());
    }
    return "accepted";
  }
  std::string path_;
};

TEST_F(Trace, LinesAreRequests) {
  const auto requests = read("R 0x40\n\n# a comment\n  W 0x1C0 12 # there\r\nR 0x0\n");
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].address, 0x40U);
  EXPECT_FALSE(requests[0].write);
  EXPECT_EQ(requests[1].address, 0x1C0U);
  EXPECT_TRUE(requests[1].write);
  EXPECT_EQ(requests[1].issue, Cycles(12));
  EXPECT_EQ(requests[2].issue, Cycles(12));
}

TEST_F(Trace, WhatIsNoRequestIsRefusedWithItsLine) {
  const std::string form =
      " is not a request: expected 'R 0xADDRESS' or 'W 0xADDRESS', and "
      "optionally a clock";
  for (const char* line : {"X 0x40", "R 64", "R", "R 0x", "R 0xZZ", "R 0x40 -1", "R 0x40 1 2",
                           "R 0x40 1.5", "R 0x10000000000000000"})
    EXPECT_EQ(refusal(std::string("R 0x40\n") + line + "\n"),
              ":2: '" + std::string(line) + "'" + form);
}

TEST_F(Trace, AddressesAndClocksOutsideTheirRangeAreRefused) {
  EXPECT_EQ(refusal("R 0x41\n"), ":1: address 0x41 is not a multiple of the burst of 64 B");
  EXPECT_EQ(refusal("R 0x0\nW 0x200000000\n"),
            ":2: address 0x200000000 is beyond the capacity of 0x200000000 (8589934592 B)");
  EXPECT_EQ(refusal("R 0x0 10\nR 0x0 9\n"), ":2: clock 9 comes after clock 10");
}

}  // namespace
}  // namespace systolith
