#include "tests/published/noc/open_loop.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "hw/control/calendar.h"
#include "hw/control/systemc_kernel.h"
#include "hw/memory/burst_payload.h"
#include "hw/noc/interconnect.h"

namespace systolith::testing {
namespace {

constexpr std::int64_t kCycle = 1'000'000;        // femtoseconds
constexpr std::uint64_t kNodeBytes = 1ULL << 20;  // of addresses

std::int64_t cycle_after(const sc_core::sc_time& delay) {
  return (kernel_time() + to_femtoseconds(delay)).count() / kCycle;
}

// A node's two ends.
class Node final : public sc_core::sc_module, private Calendar::Entry {
 public:
  tlm_utils::simple_initiator_socket<Node> initiator{"initiator"};
  tlm_utils::simple_target_socket<Node> target{"target"};

  Node(const sc_core::sc_module_name& name, Calendar& calendar, const NetworkUnderTest& network,
       Traffic& traffic)
      : sc_module(name),
        calendar_(calendar),
        service_(network.service),
        width_(network.config.width.count()),
        traffic_(traffic) {
    calendar.enroll(*this);
    initiator.register_nb_transport_bw(this, &Node::nb_transport_bw);
    target.register_nb_transport_fw(this, &Node::nb_transport_fw);
  }

  void send(std::size_t index) {
    const TrafficPacket& packet = traffic_[index];
    BurstPayload& payload = pool_.take();
    payload.slot = index;
    payload.set_command(packet.read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    payload.set_address(packet.to * kNodeBytes);
    payload.set_data_length(static_cast<unsigned>(packet.flits * width_));
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = to_sc_time(Femtoseconds(packet.made * kCycle));
    if (initiator->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED)
      done(payload, delay);
  }

 private:
  void done(BurstPayload& payload, const sc_core::sc_time& delay) {
    traffic_[payload.slot].answered = cycle_after(delay);
    payload.release();
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase&,
                                     sc_core::sc_time& delay) {
    done(static_cast<BurstPayload&>(request), delay);
    return tlm::TLM_COMPLETED;
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
    auto& payload = static_cast<BurstPayload&>(request);
    EXPECT_EQ(traffic_[payload.slot].arrived, -1) << "delivered twice";
    traffic_[payload.slot].arrived = cycle_after(delay);
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    if (service_ == 0) return tlm::TLM_COMPLETED;
    EXPECT_EQ(serving_, nullptr) << "two requests in the request phase";
    serving_ = &request;
    calendar_.at(*this, kernel_time() + to_femtoseconds(delay) + Femtoseconds(service_ * kCycle));
    return tlm::TLM_ACCEPTED;
  }
  void due() override {
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    target->nb_transport_bw(*std::exchange(serving_, nullptr), phase, delay);
  }

  Calendar& calendar_;
  std::int64_t service_, width_;
  Traffic& traffic_;
  BurstPool pool_;
  tlm::tlm_generic_payload* serving_ = nullptr;
};

InterconnectSpec spec_of(const NetworkUnderTest& network, Calendar& calendar) {
  InterconnectSpec spec;
  spec.config = network.config;
  spec.clock = Hertz(1'000'000'000);
  spec.initiators = spec.targets = network.nodes;
  for (std::size_t i = 0; i < network.nodes; ++i) {
    spec.initiator_nodes.push_back(i);
    spec.target_nodes.push_back(i);
  }
  spec.passes_on.assign(network.nodes, false);
  spec.calendar = &calendar;
  spec.largest_request = Bytes(network.largest_packet * network.config.width.count());
  spec.route = [](std::size_t, TenantId, std::uint64_t address, std::int64_t) {
    return Route{address / kNodeBytes, address % kNodeBytes};
  };
  return spec;
}

}  // namespace

std::vector<LinkTraffic> carry_traffic(const NetworkUnderTest& network, Traffic& traffic) {
  const SystemcKernel kernel;
  Calendar calendar("calendar");
  const auto interconnect =
      registration<Interconnect>(network.kind).create("interconnect", spec_of(network, calendar));
  std::deque<Node> nodes;
  for (std::size_t i = 0; i < network.nodes; ++i) {
    nodes.emplace_back(("node" + std::to_string(i)).c_str(), calendar, network, traffic);
    nodes[i].initiator.bind(interconnect->initiator_port(i));
    interconnect->target_port(i).bind(nodes[i].target);
  }
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  for (std::size_t i = 0; i < traffic.size(); ++i) nodes[traffic[i].from].send(i);
  sc_core::sc_start();
  std::vector<LinkTraffic> links = interconnect->links();
  for (const LinkTraffic& link : links)
    EXPECT_LE(link.peak_flits, network.config.buffer) << link.name;
  return links;
}

Traffic bernoulli_traffic(std::size_t nodes, const Pattern& pattern, double load,
                          std::int64_t flits, std::int64_t cycles, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const double chance = load / static_cast<double>(flits);
  const auto threshold = static_cast<std::uint64_t>(chance * 0x1p53);
  Traffic traffic;
  for (std::int64_t cycle = 0; cycle < cycles; ++cycle)
    for (std::size_t node = 0; node < nodes; ++node)
      if (random() >> 11U < threshold)
        traffic.push_back({node, pattern(node, random), cycle, flits});
  return traffic;
}

double accepted(const Traffic& traffic, std::size_t nodes, std::int64_t cycles) {
  std::int64_t flits = 0;
  for (const TrafficPacket& packet : traffic)
    if (packet.arrived > cycles / 2 && packet.arrived <= cycles) flits += packet.flits;
  return static_cast<double>(flits) / static_cast<double>(nodes) /
         static_cast<double>(cycles - cycles / 2);
}

double mean_latency(const Traffic& traffic) {
  double sum = 0;
  for (const TrafficPacket& packet : traffic) sum += static_cast<double>(packet.latency());
  return sum / static_cast<double>(traffic.size());
}

LinkLoad busiest_request_link(const std::vector<LinkTraffic>& links, std::int64_t cycles) {
  LinkLoad load;
  for (const LinkTraffic& link : links) {
    if (link.name.rfind("requests", 0) != 0) continue;
    load.packets = std::max(load.packets, link.packets);
    load.busy =
        std::max(load.busy, static_cast<double>(link.busy.count()) / static_cast<double>(cycles));
  }
  return load;
}

Pattern uniform_pattern(std::size_t nodes) {
  return [nodes](std::size_t, std::mt19937_64& random) { return random() % nodes; };
}

}  // namespace systolith::testing
