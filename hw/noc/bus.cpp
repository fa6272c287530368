// One medium for all requests and responses, one packet at a time. Whose target is busy does not
// get it, so that others go on.
#include "hw/noc/packet_interconnect.h"

namespace systolith {
namespace {

Topology bus_of(const TopologySpec& spec) {
  Topology bus;
  bus.links.push_back({"bus", spec.config.hop_latency, spec.config.width.count()});
  bus.path = [](std::size_t, std::size_t) { return LinkPath{0}; };
  bus.shared_medium = true;
  return bus;
}

}  // namespace

extern const Registration<Interconnect> bus = {
    "bus", "One shared medium, a packet at a time.",
    [](const sc_core::sc_module_name& name,
       const InterconnectSpec& spec) -> std::unique_ptr<Interconnect> {
      return std::make_unique<PacketInterconnect>(name, spec, bus_of);
    }};

}  // namespace systolith
