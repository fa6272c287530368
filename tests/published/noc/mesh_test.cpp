// An 8x8 mesh with XY routing against Dally and Towles, "Principles and Practices of
// Interconnection Networks" (2004): chapter 3 (zero-load latency, channel load, ideal throughput),
// table 3.1 (traffic patterns), chapter 25 (what a simulated router reaches of it); and Peh and
// Dally, "A Delay Model and Speculative Architecture for Pipelined Routers", HPCA 2001: without
// virtual channels, packets of 5 flits, uniform traffic on this mesh, saturation at 40 % of
// capacity with buffers of 8 flits, and 50 % with 16; with several virtual channels up to 70 %.
//
// Ours cuts through: a packet moves on when there is room for all of it, and credits take no time.
// With room for one packet it is where theirs is; with room for several it may exceed wormhole
// flow control of the same size, and never what virtual channels get out of large buffers.
#include <gtest/gtest.h>

#include <array>

#include "tests/published/noc/open_loop.h"

namespace systolith::testing {
namespace {

constexpr std::size_t kSide = 8, kNodes = kSide * kSide;
constexpr double kUniformCapacity = 4.0 / kSide;  // flits a cycle and node: 2 x bisection / nodes

NetworkUnderTest mesh(std::int64_t packet, std::int64_t buffer, std::int64_t hop = 2,
                      const char* arbitration = "age") {
  NetworkUnderTest network{"mesh", kNodes, {}, packet};
  network.config.width = Bytes(16);
  network.config.hop_latency = Cycles(hop);
  network.config.buffer = buffer;
  network.config.arbitration = arbitration;
  network.config.columns = kSide;
  return network;
}

std::size_t distance(std::size_t a, std::size_t b) { return a > b ? a - b : b - a; }
std::size_t hops(std::size_t from, std::size_t to) {
  return distance(from % kSide, to % kSide) + distance(from / kSide, to / kSide);
}
std::function<std::size_t(std::size_t)> shifted(std::size_t by) {
  return [by](std::size_t node) {
    return (node % kSide + by) % kSide + (node / kSide + by) % kSide * kSide;
  };
}

// The load of the worst channel, in units of what a node sends, whose inverse is the throughput.
struct Permutation {
  const char* name;
  std::function<std::size_t(std::size_t)> to;
  std::int64_t load;
};
const std::vector<Permutation>& permutations() {
  static const std::vector<Permutation> all = {
      {"neighbor", shifted(1), 1},
      {"tornado", shifted(kSide / 2 - 1), kSide / 2 - 1},
      {"bit complement", [](std::size_t node) { return kNodes - 1 - node; }, kSide / 2},
      {"transpose", [](std::size_t node) { return node / kSide + node % kSide * kSide; },
       kSide - 1}};
  return all;
}

TEST(Mesh, AlonePacketsTakeTheirHopsAndTheirFlitsExactly) {
  for (const std::int64_t flits : {1, 5}) {
    Traffic traffic;
    for (std::size_t pair = 0; pair < kNodes * kNodes; ++pair)
      traffic.push_back(
          {pair / kNodes, pair % kNodes, 100 * static_cast<std::int64_t>(pair), flits});
    carry_traffic(mesh(flits, 8, 3), traffic);
    for (const TrafficPacket& packet : traffic) {
      const auto distance = static_cast<std::int64_t>(hops(packet.from, packet.to));
      ASSERT_EQ(packet.latency(), 3 * distance + flits) << packet.from << " to " << packet.to;
      ASSERT_EQ(packet.answered - packet.arrived, 3 * distance + 1);
    }
  }
}

TEST(Mesh, TheWorstChannelOfEachPatternHasItsPublishedLoad) {
  const auto load = [](const Pattern& pattern) {
    std::mt19937_64 random;
    Traffic traffic;
    for (std::size_t node = 0; node < kNodes; ++node)
      traffic.push_back({node, pattern(node, random), 0, 1});
    return busiest_request_link(carry_traffic(mesh(1, 8), traffic), 1).packets;
  };
  for (const Permutation& permutation : permutations())
    EXPECT_EQ(load(fixed_pattern(permutation.to)), permutation.load) << permutation.name;
}

TEST(Mesh, UniformTrafficLoadsTheBisectionToItsBound) {
  Traffic traffic;
  for (std::size_t pair = 0; pair < kNodes * kNodes; ++pair)
    traffic.push_back({pair / kNodes, pair % kNodes, 0, 1});
  const auto links = carry_traffic(mesh(1, 8), traffic);
  EXPECT_EQ(busiest_request_link(links, 1).packets,
            static_cast<std::int64_t>(kNodes / kUniformCapacity));
}

TEST(Mesh, PatternsAreCarriedBelowTheirBoundAndNotAbove) {
  constexpr std::int64_t kCycles = 6000;
  for (const Permutation& permutation : permutations()) {
    const double ideal = 1.0 / static_cast<double>(permutation.load);
    const Pattern pattern = fixed_pattern(permutation.to);
    Traffic below = bernoulli_traffic(kNodes, pattern, 0.75 * ideal, 4, kCycles);
    carry_traffic(mesh(4, 16), below);
    EXPECT_NEAR(accepted(below, kNodes, kCycles), 0.75 * ideal, 0.03 * ideal) << permutation.name;
    Traffic above = bernoulli_traffic(kNodes, pattern, std::min(1.5 * ideal, 1.0), 4, kCycles);
    carry_traffic(mesh(4, 16), above);
    std::vector<Traffic> by_source(kNodes);
    for (const TrafficPacket& packet : above) by_source[packet.from].push_back(packet);
    double worst = 1;
    for (const Traffic& flow : by_source) worst = std::min(worst, accepted(flow, 1, kCycles));
    EXPECT_LE(worst, 1.01 * ideal) << permutation.name;
  }
}

double uniform_fraction(const NetworkUnderTest& network, std::int64_t flits, double load = 1.0) {
  constexpr std::int64_t kCycles = 4000;
  Traffic traffic =
      bernoulli_traffic(kNodes, uniform_pattern(kNodes), load * kUniformCapacity, flits, kCycles);
  carry_traffic(network, traffic);
  return accepted(traffic, kNodes, kCycles) / kUniformCapacity;
}

TEST(Mesh, WithRoomForOnePacketItSaturatesWhereAWormholeRouterDoes) {
  EXPECT_NEAR(uniform_fraction(mesh(5, 8), 5, 2), 0.40, 0.04);
  EXPECT_NEAR(uniform_fraction(mesh(5, 8, 2, "round_robin"), 5, 2), 0.40, 0.04);
}

TEST(Mesh, WithRoomForThreePacketsItReachesWhatVirtualChannelsDo) {
  const double by_age = uniform_fraction(mesh(5, 16), 5, 2);
  const double in_turn = uniform_fraction(mesh(5, 16, 2, "round_robin"), 5, 2);
  EXPECT_GT(by_age, 0.50);
  EXPECT_GT(in_turn, 0.50);
  EXPECT_NEAR(by_age, 0.70, 0.05);
  EXPECT_NEAR(in_turn, 0.70, 0.05);
}

TEST(Mesh, NoBufferBringsItAboveTheIdealOrEvenNearIt) {
  EXPECT_NEAR(uniform_fraction(mesh(1, 256), 1, 2), 0.85, 0.05);
  EXPECT_NEAR(uniform_fraction(mesh(1, 256), 1, 0.75), 0.75, 0.02);
}

// The wait for a link that others use: of M/D/1 at the others' load, the first packet's residual
// life, where those behind each other on one input never meet (Dally, "Performance Analysis of
// k-ary n-cube Interconnection Networks", IEEE Trans. Computers 39(6), 1990, and Agarwal, "Limits
// on Interconnection Network Performance", IEEE TPDS 2(4), 1991, with the exact loads of every
// input in the place of averages).
class LightLoad {
 public:
  LightLoad(double load, double flits) : flits_(flits), source_(load) {
    const double each = load / kNodes;
    for (std::size_t from = 0; from < kNodes; ++from)
      for (std::size_t to = 0; to < kNodes; ++to)
        walk(from, to, [&](std::size_t link, std::size_t input) {
          if (rates_.size() <= link) rates_.resize(link + 1);
          rates_[link][input] += each;
        });
  }
  double mean_latency(std::int64_t hop) {
    double sum = 0;
    for (std::size_t from = 0; from < kNodes; ++from)
      for (std::size_t to = 0; to < kNodes; ++to) {
        sum += static_cast<double>(hop) * static_cast<double>(hops(from, to)) + flits_;
        walk(from, to, [&](std::size_t link, std::size_t input) { sum += wait(link, input); });
      }
    // One packet a cycle at most is made: Geo/D/1.
    return sum / (kNodes * kNodes) + source_ * (flits_ - 1) / (2 * (1 - source_));
  }

 private:
  static constexpr std::size_t kDirections = 5, kHere = 4;
  // Calls visit(link, input) for each link of the way, the target's own at the end.
  template <class Visit>
  static void walk(std::size_t from, std::size_t to, Visit visit) {
    std::size_t at = from, input = kHere;
    while (at != to) {
      const bool row = at % kSide != to % kSide;
      const bool up = row ? at % kSide < to % kSide : at < to;
      const std::size_t direction = (row ? 0 : 2) + (up ? 1 : 0);
      visit(at * kDirections + direction, input);
      const std::size_t step = row ? 1 : kSide;
      at = up ? at + step : at - step;
      input = direction;
    }
    visit(at * kDirections + kHere, input);
  }
  double wait(std::size_t link, std::size_t input) const {
    double all = 0;
    for (const double rate : rates_[link]) all += rate;
    return (all - rates_[link][input]) * flits_ / (2 * (1 - all));
  }

  double flits_, source_;
  std::vector<std::array<double, kDirections>> rates_;  // by link: of each input
};

// What the model leaves out, the wait of those behind a head that waits, is of second order.
TEST(Mesh, LatencyUnderLightLoadIsThatOfAQueueAtEachLink) {
  constexpr std::int64_t kFlits = 4, kHop = 2;
  const double alone = LightLoad(0, kFlits).mean_latency(kHop);
  EXPECT_NEAR(alone, kHop * 2 * (kSide - 1.0 / kSide) / 3 + kFlits, 1e-9);  // section 3.3.2
  for (const double load : {0.05, 0.1, 0.2}) {
    Traffic traffic =
        bernoulli_traffic(kNodes, uniform_pattern(kNodes), load * kUniformCapacity, kFlits, 60'000);
    carry_traffic(mesh(kFlits, 64, kHop), traffic);
    double waited = 0;
    for (const TrafficPacket& packet : traffic)
      waited += static_cast<double>(packet.latency() - kFlits -
                                    kHop * static_cast<std::int64_t>(hops(packet.from, packet.to)));
    waited /= static_cast<double>(traffic.size());
    const double ratio =
        waited / (LightLoad(load * kUniformCapacity, kFlits).mean_latency(kHop) - alone);
    EXPECT_GE(ratio, 0.97) << "at " << load << ": " << waited << " cycles";
    EXPECT_LE(ratio, 1.03 + load) << "at " << load << ": " << waited << " cycles";
  }
}

}  // namespace
}  // namespace systolith::testing
