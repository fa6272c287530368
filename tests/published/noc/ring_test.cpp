// A ring in both directions, Dally and Towles (2004), chapter 3 and section 5.2: as a k-ary 1-cube
// its uniform traffic meets the bisection bound 8 / k, tornado traffic loads one direction by
// ceil(k / 2) - 1. That it never stops, full as it may be: Puente et al., "The adaptive bubble
// router", JPDC 61(9), 2001.
#include <gtest/gtest.h>

#include "tests/published/noc/open_loop.h"

namespace systolith::testing {
namespace {

constexpr std::size_t kNodes = 8;

NetworkUnderTest ring(std::int64_t packet, std::int64_t buffer, const char* arbitration = "age") {
  NetworkUnderTest network{"ring", kNodes, {}, packet};
  network.config.width = Bytes(16);
  network.config.hop_latency = Cycles(2);
  network.config.buffer = buffer;
  network.config.arbitration = arbitration;
  return network;
}

Traffic all_pairs(std::int64_t apart, std::int64_t flits) {
  Traffic traffic;
  for (std::size_t pair = 0; pair < kNodes * kNodes; ++pair)
    traffic.push_back(
        {pair / kNodes, pair % kNodes, apart * static_cast<std::int64_t>(pair), flits});
  return traffic;
}

const Pattern kTornado =
    fixed_pattern([](std::size_t node) { return (node + kNodes / 2 - 1) % kNodes; });

TEST(Ring, AlonePacketsTakeTheShorterWayExactly) {
  Traffic traffic = all_pairs(100, 3);
  carry_traffic(ring(3, 6), traffic);
  for (const TrafficPacket& packet : traffic) {
    const std::size_t up = (packet.to + kNodes - packet.from) % kNodes;
    const auto hops = static_cast<std::int64_t>(std::min(up, kNodes - up));
    EXPECT_EQ(packet.latency(), 2 * hops + 3) << packet.from << " to " << packet.to;
  }
}

TEST(Ring, UniformTrafficLoadsEveryLinkToTheBisectionBound) {
  Traffic traffic = all_pairs(0, 1);
  for (const LinkTraffic& link : carry_traffic(ring(1, 8), traffic)) {
    if (link.name.rfind("requests", 0) != 0) continue;
    EXPECT_EQ(link.packets, static_cast<std::int64_t>(kNodes * kNodes / 8)) << link.name;
  }
}

TEST(Ring, TornadoTrafficLoadsOneDirection) {
  std::mt19937_64 random;
  Traffic traffic;
  for (std::size_t node = 0; node < kNodes; ++node)
    traffic.push_back({node, kTornado(node, random), 0, 1});
  const auto links = carry_traffic(ring(1, 8), traffic);
  EXPECT_EQ(busiest_request_link(links, 1).packets, static_cast<std::int64_t>(kNodes / 2 - 1));
}

TEST(Ring, TornadoTrafficIsCarriedToItsBound) {
  constexpr std::int64_t kCycles = 8000;
  constexpr double kIdeal = 1.0 / (kNodes / 2 - 1);
  Traffic traffic = bernoulli_traffic(kNodes, kTornado, 1, 2, kCycles);
  carry_traffic(ring(2, 16), traffic);
  const double throughput = accepted(traffic, kNodes, kCycles);
  EXPECT_LE(throughput, 1.001 * kIdeal);
  EXPECT_GE(throughput, 0.95 * kIdeal);
}

TEST(Ring, SaturatedWithTheSmallestBuffersEverythingStillArrives) {
  for (const char* arbitration : {"age", "round_robin"})
    for (const Pattern& pattern : {kTornado, uniform_pattern(kNodes)}) {
      Traffic traffic = bernoulli_traffic(kNodes, pattern, 1, 4, 4000);
      carry_traffic(ring(4, 8, arbitration), traffic);
      for (const TrafficPacket& packet : traffic) ASSERT_GE(packet.answered, packet.arrived);
    }
}

}  // namespace
}  // namespace systolith::testing
