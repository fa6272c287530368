// Synthetic traffic on one interconnect and nothing else: every node is an initiator and a target
// that answers at once. Open loop: packets are made whatever the network takes, and
// wait in their source's queue.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/noc/link_traffic.h"

namespace systolith::testing {

// A write of `flits` x the width, or a read. Times are cycles of the network.
struct TrafficPacket {
  std::size_t from = 0, to = 0;
  std::int64_t made = 0, flits = 1;
  bool read = false;
  std::int64_t arrived = -1;   // its last flit, at its target; -1: never
  std::int64_t answered = -1;  // the answer's last flit, back at its initiator
  std::int64_t latency() const { return arrived - made; }
};
using Traffic = std::vector<TrafficPacket>;

struct NetworkUnderTest {
  std::string kind;  // of interconnect
  std::size_t nodes = 0;
  InterconnectConfig config;
  std::int64_t largest_packet = 0;  // flits
  // Targets take one request, and no other until so many cycles after it; 0: all at once.
  std::int64_t service = 0;
};

// Requires: by `made`. Fills in the arrivals; returns the links' account. Expected of every link:
// no more flits in its buffer than that holds.
std::vector<LinkTraffic> carry_traffic(const NetworkUnderTest& network, Traffic& traffic);

// Destination by source; may be random.
using Pattern = std::function<std::size_t(std::size_t from, std::mt19937_64& random)>;

// For `cycles`, every node makes packets of `flits` flits at `load` flits a cycle (Bernoulli).
Traffic bernoulli_traffic(std::size_t nodes, const Pattern& pattern, double load,
                          std::int64_t flits, std::int64_t cycles, std::uint64_t seed = 1);

// Flits that arrived in the second half of `cycles`, a cycle and node.
double accepted(const Traffic& traffic, std::size_t nodes, std::int64_t cycles);
double mean_latency(const Traffic& traffic);
// Of packets on the busiest link between nodes, and the link's share of `cycles`.
struct LinkLoad {
  std::int64_t packets = 0;
  double busy = 0;
};
LinkLoad busiest_request_link(const std::vector<LinkTraffic>& links, std::int64_t cycles);

Pattern uniform_pattern(std::size_t nodes);  // itself too
inline Pattern fixed_pattern(std::function<std::size_t(std::size_t)> to) {
  return [to](std::size_t from, std::mt19937_64&) { return to(from); };
}

}  // namespace systolith::testing
