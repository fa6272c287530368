// One switch. Queues at its inputs, as packet networks have: Karol, Hluchyj and Morgan, "Input
// Versus Output Queueing on a Space-Division Packet Switch", IEEE Trans. Communications 35(12),
// 1987, table I: saturation throughput by number of ports, 2 - sqrt(2) in the limit, because the
// head of a queue blocks what is behind it. The crossbar books the ports of each burst by
// themselves, as with a queue for each output at every input (the answer to the same paper), so it
// has no such limit.
//
// A port that all send to is an M/D/1 queue: W = load / (2 (1 - load)) services (Pollaczek and
// Khinchine), whoever goes first among those that wait. So is a bus, by all of its packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "hw/noc/packet_network.h"
#include "tests/published/noc/open_loop.h"

namespace systolith::testing {
namespace {

constexpr std::int64_t kWidth = 16;

NetworkUnderTest network(const char* kind, std::size_t nodes, std::int64_t packet) {
  NetworkUnderTest network{kind, nodes, {}, packet};
  network.config.width = Bytes(kWidth);
  network.config.hop_latency = Cycles(1);
  return network;
}

// Flits a cycle and port of a packet network that is a switch: sources and ports, nothing between.
double switch_throughput(std::size_t ports, bool round_robin) {
  constexpr std::int64_t kCycles = 20'000;
  PacketNetwork network(std::vector<LinkSpec>(ports, {"port", Cycles(0), kWidth}),
                        std::vector<std::int64_t>(ports, kWidth), ports, round_robin);
  std::vector<LinkPath> paths;
  for (std::size_t port = 0; port < ports; ++port) paths.push_back({port});
  std::mt19937_64 random(7);
  for (std::int64_t cycle = 0; cycle < kCycles; ++cycle)
    for (std::size_t source = 0; source < ports; ++source) {
      const std::size_t to = random() % ports;
      network.send(source, {0, to, 1, kWidth, &paths[to]}, Cycles(cycle));
    }
  std::vector<PacketNetwork::Delivery> delivered;
  network.run(Cycles(kCycles), delivered);
  return static_cast<double>(delivered.size()) / static_cast<double>(ports * kCycles);
}

TEST(Switch, HeadsOfQueuesBlockAsManyAsPublished) {
  const std::vector<double> published = {1.0000, 0.7500, 0.6825, 0.6553,
                                         0.6399, 0.6302, 0.6234, 0.6184};
  for (std::size_t ports = 1; ports <= published.size(); ++ports)
    for (const bool round_robin : {true, false})
      EXPECT_NEAR(switch_throughput(ports, round_robin), published[ports - 1], 0.01) << ports;
  EXPECT_NEAR(switch_throughput(64, true), 2 - std::sqrt(2), 0.01);
}

TEST(Switch, TheCrossbarsBurstsDoNotBlockEachOther) {
  constexpr std::size_t kNodes = 16;
  constexpr std::int64_t kCycles = 4000;
  Traffic traffic = bernoulli_traffic(kNodes, uniform_pattern(kNodes), 0.9, 1, kCycles);
  carry_traffic(network("crossbar", kNodes, 1), traffic);
  EXPECT_NEAR(accepted(traffic, kNodes, kCycles), 0.9, 0.01);
  Traffic saturated = bernoulli_traffic(kNodes, uniform_pattern(kNodes), 1, 1, kCycles);
  carry_traffic(network("crossbar", kNodes, 1), saturated);
  EXPECT_LE(accepted(saturated, kNodes, kCycles), 1);
}

TEST(Switch, APortOfACrossbarIsAnMd1Queue) {
  constexpr std::size_t kNodes = 16;
  constexpr std::int64_t kFlits = 4;
  for (const double load : {0.3, 0.5, 0.7}) {
    Traffic traffic = bernoulli_traffic(kNodes, fixed_pattern([](std::size_t) { return 0U; }),
                                        load / kNodes, kFlits, 400'000, 3);
    carry_traffic(network("crossbar", kNodes, kFlits), traffic);
    const double services = (mean_latency(traffic) - 1 - kFlits) / kFlits;
    EXPECT_NEAR(services / (load / (2 * (1 - load))), 1, 0.1) << services << " at " << load;
  }
}

TEST(Bus, ItsPacketsAreAnMd1QueueWhoeverGoesFirst) {
  constexpr std::size_t kSources = 32;
  constexpr std::int64_t kFlits = 4, kCycles = 1'000'000;
  const LinkPath medium = {0};
  for (const bool round_robin : {false, true})
    for (const double load : {0.3, 0.5, 0.7}) {
      PacketNetwork network({{"bus", Cycles(1), kWidth}},
                            std::vector<std::int64_t>(kSources, kWidth), kSources, round_robin);
      const Traffic traffic =
          bernoulli_traffic(kSources, uniform_pattern(kSources), load / kSources, kFlits, kCycles);
      for (std::size_t i = 0; i < traffic.size(); ++i)
        network.send(traffic[i].from, {i, traffic[i].to, kFlits, kFlits * kWidth, &medium},
                     Cycles(traffic[i].made));
      std::vector<PacketNetwork::Delivery> delivered;
      while (network.next() != PacketNetwork::kNever) network.run(network.next(), delivered);
      double waited = 0;
      for (const PacketNetwork::Delivery& delivery : delivered)
        waited +=
            static_cast<double>(delivery.at.count() - traffic[delivery.tag].made - 1 - kFlits);
      const double services = waited / kFlits / static_cast<double>(delivered.size());
      EXPECT_NEAR(services / (load / (2 * (1 - load))), 1, 0.04) << services << " at " << load;
    }
}

TEST(Bus, OnePacketIsOnItAtATime) {
  Traffic traffic;
  for (std::size_t i = 0; i < 64; ++i) traffic.push_back({i % 8, (i + 3) % 8, 0, 4});
  const auto links = carry_traffic(network("bus", 8, 4), traffic);
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].busy, Cycles(64 * 4 + 64));
  EXPECT_EQ(links[0].packets, 128);
  std::vector<std::int64_t> ends;
  for (const TrafficPacket& packet : traffic) ends.push_back(packet.arrived);
  std::sort(ends.begin(), ends.end());
  for (std::size_t i = 1; i < ends.size(); ++i) EXPECT_GE(ends[i] - ends[i - 1], 4);
}

}  // namespace
}  // namespace systolith::testing
