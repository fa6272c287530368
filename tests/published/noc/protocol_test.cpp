// Credits and classes: Dally and Towles (2004), sections 13.3 (credits; a buffer of F flits whose
// credit comes back after t cycles carries F / t flits a cycle) and 14.1.5 (requests that wait for
// responses must not hold what these need).
#include <gtest/gtest.h>

#include "tests/published/noc/open_loop.h"

namespace systolith::testing {
namespace {

NetworkUnderTest network(const char* kind, std::size_t nodes, std::int64_t packet,
                         std::int64_t buffer, std::int64_t hop) {
  NetworkUnderTest network{kind, nodes, {}, packet};
  network.config.width = Bytes(16);
  network.config.hop_latency = Cycles(hop);
  network.config.buffer = buffer;
  network.config.columns = kind == std::string("mesh") ? 4 : 0;
  return network;
}

// A packet's room is taken for the hop and its own length.
TEST(Credits, ABufferCarriesWhatItHoldsARoundTrip) {
  constexpr std::int64_t kFlits = 4;
  for (const std::int64_t hop : {1, 4, 9, 20})
    for (const std::int64_t packets : {1, 2, 3, 6}) {
      Traffic traffic;
      for (std::size_t i = 0; i < 240; ++i) traffic.push_back({0, 3, 0, kFlits});
      carry_traffic(network("mesh", 4, kFlits, packets * kFlits, hop), traffic);
      const auto time = static_cast<double>(traffic.back().arrived - traffic.front().arrived);
      const double rate = 239 * kFlits / time;
      const double ideal =
          static_cast<double>(packets * kFlits) / static_cast<double>(hop + kFlits);
      EXPECT_NEAR(rate, std::min(ideal, 1.0), 0.02 * std::min(ideal, 1.0))
          << packets << " packets, hop " << hop;
    }
}

TEST(Credits, BehindATargetThatTakesNothingBuffersFillAndNothingMoves) {
  NetworkUnderTest line = network("mesh", 4, 4, 16, 1);
  line.service = 1'000'000;
  Traffic traffic;
  for (std::size_t i = 0; i < 100; ++i) traffic.push_back({0, 3, 0, 4});
  traffic.push_back({0, 0, 500'000, 4});  // behind the others in its source's queue
  traffic.push_back({1, 1, 500'000, 4});  // its own target: nobody is in the way
  carry_traffic(line, traffic);
  EXPECT_EQ(traffic[0].arrived, 3 + 4);
  EXPECT_EQ(traffic[1].arrived, 3 + 4 + 1'000'000 + 4);
  EXPECT_GT(traffic[100].arrived, 80'000'000);
  EXPECT_EQ(traffic[101].arrived, 500'000 + 4);
}

// All read and write from and to slow targets: the requests' buffers are full, and every response
// finds its way between them.
TEST(Classes, RequestsThatFillTheNetworkDoNotHoldUpResponses) {
  for (const char* kind : {"mesh", "ring", "bus"})
    for (const std::size_t hot : {std::size_t{1}, std::size_t{4}, std::size_t{16}}) {
      NetworkUnderTest crowded = network(kind, 16, 4, 8, 2);
      crowded.service = 7;
      const Pattern pattern = [hot](std::size_t, std::mt19937_64& random) {
        return random() % hot * (16 / hot);
      };
      Traffic traffic = bernoulli_traffic(16, pattern, 0.8, 4, 2000);
      for (std::size_t i = 0; i < traffic.size(); i += 2) traffic[i].read = true;
      carry_traffic(crowded, traffic);
      for (const TrafficPacket& packet : traffic) ASSERT_GT(packet.answered, packet.arrived);
    }
}

}  // namespace
}  // namespace systolith::testing
