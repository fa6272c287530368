// A ring in both directions: packets go the shorter way round, from opposite nodes half of them
// each way: even ones that of rising numbers. Bubble flow control (Puente et al., "The adaptive
// bubble router", JPDC 2001) keeps room for one largest packet in each direction, so that packets
// never wait for each other all around.
#include "hw/noc/packet_interconnect.h"

namespace systolith {
namespace {

Topology ring_of(const TopologySpec& spec) {
  const std::size_t n = spec.nodes;
  Topology ring;
  for (const bool up : {true, false})
    for (std::size_t i = 0; i < n; ++i)
      ring.links.push_back({fmt::format("{} -> {}", i, up ? (i + 1) % n : (i + n - 1) % n),
                            spec.config.hop_latency, spec.config.width.count(), spec.config.buffer,
                            spec.packet});
  ring.path = [n](std::size_t from, std::size_t to) {
    const std::size_t up = (to + n - from) % n;
    LinkPath path;
    if (2 * up < n || (2 * up == n && from % 2 == 0))
      for (std::size_t i = 0; i < up; ++i) path.push_back((from + i) % n);
    else
      for (std::size_t i = 0; i < n - up; ++i) path.push_back(n + (from + n - i) % n);
    return path;
  };
  return ring;
}

}  // namespace

extern const Registration<Interconnect> ring = {
    "ring", "Nodes in a circle; packets go the shorter way round.",
    [](const sc_core::sc_module_name& name,
       const InterconnectSpec& spec) -> std::unique_ptr<Interconnect> {
      return std::make_unique<PacketInterconnect>(name, spec, ring_of);
    }};

}  // namespace systolith
