// Who gets a link that too many want: the parking lot of Dally and Towles (2004), chapter 15. Fair
// at every switch is not fair: where each joins a queue by turns with all who joined before, the
// last to join has half of the way out, the one before a quarter, and so on. Serving the oldest
// gives everybody the same.
#include <gtest/gtest.h>

#include "tests/published/noc/open_loop.h"

namespace systolith::testing {
namespace {

constexpr std::int64_t kCycles = 20'000, kFlits = 4;

NetworkUnderTest mesh(std::size_t nodes, std::int64_t columns, const char* arbitration) {
  NetworkUnderTest network{"mesh", nodes, {}, kFlits};
  network.config.width = Bytes(16);
  network.config.hop_latency = Cycles(1);
  network.config.buffer = 16;
  network.config.arbitration = arbitration;
  network.config.columns = columns;
  return network;
}

// Shares of the last node's port, by source, of a row of nodes that all send there without end.
std::vector<double> parking_lot(const char* arbitration, std::size_t nodes) {
  Traffic traffic;
  for (std::int64_t made = 0; made < kCycles; made += kFlits)
    for (std::size_t node = 0; node + 1 < nodes; ++node)
      traffic.push_back({node, nodes - 1, made, kFlits});
  carry_traffic(mesh(nodes, static_cast<std::int64_t>(nodes), arbitration), traffic);
  std::vector<double> shares(nodes - 1);
  for (std::size_t node = 0; node + 1 < nodes; ++node) {
    Traffic flow;
    for (const TrafficPacket& packet : traffic)
      if (packet.from == node) flow.push_back(packet);
    shares[node] = accepted(flow, 1, kCycles);
  }
  return shares;
}

TEST(Fairness, TurnsAtEverySwitchHalveTheShareOfWhoeverJoinedEarlier) {
  const std::vector<double> shares = parking_lot("round_robin", 6);
  const std::vector<double> published = {1. / 16, 1. / 16, 1. / 8, 1. / 4, 1. / 2};
  for (std::size_t node = 0; node < shares.size(); ++node)
    EXPECT_NEAR(shares[node], published[node], 0.005) << node;
}

TEST(Fairness, TheOldestFirstGivesEverybodyTheSame) {
  for (const double share : parking_lot("age", 6)) EXPECT_NEAR(share, 1. / 5, 0.005);
}

// Bit complement at twice what the mesh can do. A row's flows keep the ratio 4:2:1:1 with which
// they joined it, and the slowest column (a sum of 1/2 from each of four rows, of which it takes 1
// in the same ratio) holds up the others behind it: rows give 1/4, 1/4, 1/2 and 1 of a link, half
// of the bound in all.
TEST(Fairness, UnfairTurnsCostThroughputBeyondSaturation) {
  const Pattern complement = fixed_pattern([](std::size_t node) { return 63 - node; });
  for (const bool turns : {true, false}) {
    Traffic traffic = bernoulli_traffic(64, complement, 0.5, kFlits, kCycles / 2);
    carry_traffic(mesh(64, 8, turns ? "round_robin" : "age"), traffic);
    const double throughput = accepted(traffic, 64, kCycles / 2);
    if (turns)
      EXPECT_NEAR(throughput, 0.125, 0.005);
    else
      EXPECT_GE(throughput, 0.9 * 0.25);
  }
}

}  // namespace
}  // namespace systolith::testing
