// Packets on links against closed forms. Latency of a lone packet as in Dally and Towles,
// "Principles and Practices of Interconnection Networks" (2004), section 3.3: T0 = H t_r + L / b.
#include "hw/noc/packet_network.h"

#include <gtest/gtest.h>

#include <map>

namespace systolith {
namespace {

constexpr std::int64_t kWidth = 16;  // bytes a flit

// A line of links of latency 3 and buffers of 8 flits, then the port's own.
struct Line {
  explicit Line(std::size_t hops, std::size_t sources = 1, bool round_robin = false)
      : network(links(hops), std::vector<std::int64_t>(sources, kWidth), 1, round_robin) {
    for (std::size_t i = 0; i <= hops; ++i) path.push_back(i);
  }
  static std::vector<LinkSpec> links(std::size_t hops) {
    std::vector<LinkSpec> links(hops, {"hop", Cycles(3), kWidth, 8});
    links.push_back({"port", Cycles(0), kWidth});
    return links;
  }
  void send(std::size_t tag, std::int64_t flits, std::int64_t at, std::size_t source = 0) {
    network.send(source, {tag, 0, flits, flits * kWidth, &path}, Cycles(at));
  }
  void finish() {
    std::vector<PacketNetwork::Delivery> delivered;
    while (network.next() != PacketNetwork::kNever) network.run(network.next(), delivered);
    for (const PacketNetwork::Delivery& delivery : delivered) {
      EXPECT_TRUE(arrivals.emplace(delivery.tag, delivery.at.count()).second) << "twice";
      order.push_back(delivery.tag);
    }
  }
  PacketNetwork network;
  LinkPath path;
  std::map<std::size_t, std::int64_t> arrivals;
  std::vector<std::size_t> order;
};

TEST(PacketNetwork, ALonePacketTakesItsHopsAndItsFlits) {
  for (const std::size_t hops : {0, 1, 2, 5})
    for (const std::int64_t flits : {1, 4, 8}) {
      Line line(hops);
      line.send(0, flits, 10);
      line.finish();
      EXPECT_EQ(line.arrivals[0], 10 + static_cast<std::int64_t>(hops) * 3 + flits);
    }
}

TEST(PacketNetwork, PacketsFollowEachOtherAFlitACycle) {
  Line line(3);
  for (std::size_t i = 0; i < 20; ++i) line.send(i, 4, 0);
  line.finish();
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(line.arrivals[i], 3 * 3 + 4 * (static_cast<std::int64_t>(i) + 1));
  for (const LinkTraffic& link : line.network.traffic()) {
    EXPECT_EQ(link.busy, Cycles(80));
    EXPECT_EQ(link.bytes, 80 * kWidth);
    EXPECT_LE(link.peak_flits, 8);
  }
}

TEST(PacketNetwork, ANarrowPortHoldsUpWhatComesBehind) {
  std::vector<LinkSpec> links = Line::links(1);
  links.back().width = kWidth / 2;
  PacketNetwork network(links, {kWidth}, 1, false);
  const LinkPath path = {0, 1};
  for (std::size_t i = 0; i < 10; ++i) network.send(0, {i, 0, 4, 4 * kWidth, &path}, Cycles(0));
  std::vector<PacketNetwork::Delivery> delivered;
  while (network.next() != PacketNetwork::kNever) network.run(network.next(), delivered);
  EXPECT_EQ(delivered.back().at, Cycles(3 + 10 * 8));
}

TEST(PacketNetwork, ANarrowSourceHoldsItsLinksForAsLongAsItSends) {
  PacketNetwork network(Line::links(2), {kWidth / 4, kWidth}, 1, false);
  const LinkPath path = {0, 1, 2};
  network.send(0, {0, 0, 4, 4 * kWidth, &path}, Cycles(0));
  network.send(1, {1, 0, 4, 4 * kWidth, &path}, Cycles(0));
  EXPECT_EQ(network.alone(0, {0, 0, 4, 4 * kWidth, &path}), Cycles(2 * 3 + 16));
  std::vector<PacketNetwork::Delivery> delivered;
  while (network.next() != PacketNetwork::kNever) network.run(network.next(), delivered);
  ASSERT_EQ(delivered.size(), 2U);
  EXPECT_EQ(delivered[0].at, Cycles(2 * 3 + 16));
  EXPECT_EQ(delivered[1].at, Cycles(2 * 3 + 16 + 4));
}

TEST(PacketNetwork, ASourceSendsOnePacketAtATimeWhereverTheyGo) {
  const std::vector<LinkSpec> ports(2, {"port", Cycles(0), kWidth});
  PacketNetwork network(ports, {kWidth}, 2, false);
  const LinkPath first = {0}, second = {1};
  network.send(0, {0, 0, 4, 4 * kWidth, &first}, Cycles(0));
  network.send(0, {1, 1, 4, 4 * kWidth, &second}, Cycles(0));
  std::vector<PacketNetwork::Delivery> delivered;
  while (network.next() != PacketNetwork::kNever) network.run(network.next(), delivered);
  EXPECT_EQ(delivered.back().at, Cycles(8));
}

TEST(PacketNetwork, WithoutCreditsNothingMovesAndNothingIsLost) {
  Line line(2);
  line.network.block(0, true, Cycles(0));
  for (std::size_t i = 0; i < 12; ++i) line.send(i, 4, 0);
  line.finish();
  EXPECT_TRUE(line.arrivals.empty());
  const auto full = line.network.traffic();
  EXPECT_EQ(full[0].packets, 4);  // two in each buffer
  EXPECT_EQ(full[1].packets, 2);
  line.network.block(0, false, Cycles(1000));
  line.finish();
  ASSERT_EQ(line.order.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(line.order[i], i);  // nobody overtakes
  EXPECT_EQ(line.arrivals[0], 1004);
}

TEST(PacketNetwork, RoundRobinServesSourcesInTurnAgeTheOneThatSentFirst) {
  for (const bool round_robin : {true, false}) {
    Line line(1, 2, round_robin);
    for (std::size_t i = 0; i < 8; ++i) line.send(i, 4, 0, 0);
    for (std::size_t i = 8; i < 16; ++i) line.send(i, 4, 0, 1);
    line.finish();
    std::size_t of_first = 0;  // among the first half
    for (std::size_t i = 0; i < 8; ++i) of_first += line.order[i] < 8 ? 1 : 0;
    EXPECT_EQ(of_first, round_robin ? 4U : 8U);
  }
}

}  // namespace
}  // namespace systolith
