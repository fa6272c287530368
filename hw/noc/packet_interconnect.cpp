#include "hw/noc/packet_interconnect.h"

#include <algorithm>

#include "hw/memory/burst_payload.h"

namespace systolith {
namespace {

// What initiators, then targets, send at. A bus is everybody's at its own pace.
std::vector<std::int64_t> source_widths(const Topology& topology, const InterconnectSpec& spec) {
  const std::size_t sources = spec.initiators + spec.targets;
  std::vector<std::int64_t> widths(sources, spec.config.width.count());
  for (std::size_t i = 0; i < sources && !topology.shared_medium; ++i)
    widths[i] =
        i < spec.initiators ? spec.initiator_width(i) : spec.target_width(i - spec.initiators);
  return widths;
}

// The topology's links once for requests and once for responses, then one for every port.
std::vector<LinkSpec> all_links(const Topology& topology, const InterconnectSpec& spec) {
  std::vector<LinkSpec> links = topology.links;
  if (topology.shared_medium) return links;
  for (LinkSpec& link : links) link.name = "requests " + link.name;
  for (LinkSpec link : topology.links) {
    link.name = "responses " + link.name;
    links.push_back(link);
  }
  for (std::size_t i = 0; i < spec.targets; ++i)
    links.push_back({fmt::format("target {}", i), Cycles(0), spec.target_width(i)});
  for (std::size_t i = 0; i < spec.initiators; ++i)
    links.push_back({fmt::format("initiator {}", i), Cycles(0), spec.initiator_width(i)});
  return links;
}

TopologySpec topology_spec(const InterconnectSpec& spec) {
  std::size_t nodes = 1;
  for (const auto* places : {&spec.initiator_nodes, &spec.target_nodes})
    for (const std::size_t node : *places) nodes = std::max(nodes, node + 1);
  return {spec.config, nodes, ceil_div(spec.largest_request.count(), spec.config.width.count())};
}

// What the request carries there, or its response back.
std::int64_t data_of(const tlm::tlm_generic_payload& request, bool response) {
  return request.is_read() == response ? request.get_data_length() : 0;
}

}  // namespace

PacketInterconnect::PacketInterconnect(const sc_core::sc_module_name& name,
                                       const InterconnectSpec& spec, MakeTopology make)
    : PortedInterconnect(name, spec),
      clock_(spec.clock),
      topology_(make(topology_spec(spec))),
      network_(all_links(topology_, spec), source_widths(topology_, spec),
               spec.initiators + spec.targets, spec.config.arbitration == "round_robin"),
      held_(spec.targets) {
  SYSTOLITH_CHECK(spec.calendar != nullptr, "{}: no calendar", this->name());
  SYSTOLITH_CHECK(
      spec.initiator_nodes.size() == spec.initiators && spec.target_nodes.size() == spec.targets,
      "{}: places of {} initiators and {} targets", this->name(), spec.initiator_nodes.size(),
      spec.target_nodes.size());
  spec.calendar->enroll(*this);
}

bool PacketInterconnect::carry(std::size_t from, std::size_t to, tlm::tlm_generic_payload& request,
                               sc_core::sc_time& delay) {
  const std::size_t tag = transactions_.add({&request, from, to, false, {}, {}});
  tags_[&request] = tag;
  send(tag, delay);
  return false;
}

// The request, or its response.
void PacketInterconnect::send(std::size_t tag, const sc_core::sc_time& delay) {
  Transaction& transaction = transactions_[tag];
  const std::int64_t bytes = data_of(*transaction.request, transaction.responding);
  const std::int64_t width = spec_.config.width.count();
  PacketNetwork::Packet packet;
  packet.tag = tag;
  packet.port = port_of(transaction);
  packet.flits = std::max<std::int64_t>(ceil_div(bytes, width), 1);
  packet.bytes = bytes;
  packet.path = &path_of(transaction);
  const std::size_t source =
      transaction.responding ? spec_.initiators + transaction.to : transaction.from;
  transaction.sent = clock_.at_or_after(kernel_time() + to_femtoseconds(delay));
  transaction.alone = network_.alone(source, packet);
  network_.send(source, packet, transaction.sent);
  keep_appointment();
}

// Targets first, then initiators.
std::size_t PacketInterconnect::port_of(const Transaction& transaction) const {
  return transaction.responding ? spec_.targets + transaction.from : transaction.to;
}

const LinkPath& PacketInterconnect::path_of(const Transaction& transaction) {
  const std::size_t port = port_of(transaction);
  const std::size_t ports = spec_.targets + spec_.initiators;
  const std::size_t other =
      transaction.responding ? transaction.to : spec_.targets + transaction.from;
  const auto [found, is_new] = paths_.try_emplace(port * ports + other);
  if (!is_new) return found->second;
  const std::size_t initiator = spec_.initiator_nodes[transaction.from];
  const std::size_t target = spec_.target_nodes[transaction.to];
  LinkPath& path = found->second;
  path = transaction.responding ? topology_.path(target, initiator)
                                : topology_.path(initiator, target);
  if (topology_.shared_medium) return path;
  const std::size_t between = topology_.links.size();
  if (transaction.responding)
    for (std::size_t& link : path) link += between;
  path.push_back(2 * between + port);
  return path;
}

void PacketInterconnect::due() {
  const Cycles now = clock_.now();
  while (network_.next() <= now) {
    delivered_.clear();
    network_.run(now, delivered_);
    for (const PacketNetwork::Delivery& delivery : delivered_) arrive(delivery);
  }
  keep_appointment();
}

void PacketInterconnect::keep_appointment() {
  if (network_.next() != PacketNetwork::kNever)
    spec_.calendar->at(*this, clock_.edge(network_.next()));
}

void PacketInterconnect::arrive(const PacketNetwork::Delivery& delivery) {
  const Transaction& transaction = transactions_[delivery.tag];
  const Cycles waited = delivery.at - transaction.sent - transaction.alone;
  blame(*transaction.request, Cause::interconnect, clock_.edge(std::max(waited, Cycles(0))));
  if (const auto bytes = data_of(*transaction.request, transaction.responding); bytes > 0)
    account(transaction.to, *transaction.request,
            clock_.edge(delivery.at - Cycles(ceil_div(bytes, spec_.config.width.count()))),
            clock_.edge(delivery.at));
  const sc_core::sc_time delay = clock_.until(delivery.at);
  const std::size_t target = transaction.to;
  if (transaction.responding) return respond(delivery.tag, delay);
  if (!busy(target) && held_[target].empty()) return hand_over(delivery.tag, delay);
  SYSTOLITH_CHECK(spec_.passes_on[target], "{}: a second request in target {}'s request phase",
                  name(), target);
  held_[target].push_back({delivery.tag, clock_.edge(delivery.at)});
}

// The request to its target.
void PacketInterconnect::hand_over(std::size_t tag, const sc_core::sc_time& after) {
  const std::size_t target = transactions_[tag].to;
  sc_core::sc_time delay = after;
  const Begun begun = begin(target, *transactions_[tag].request, delay);
  if (begun == Begun::in_request_phase && !spec_.passes_on[target])
    network_.block(target, true, clock_.now());
  if (begun != Begun::answered) return;
  transactions_[tag].responding = true;
  send(tag, delay);
}

void PacketInterconnect::answered(std::size_t, tlm::tlm_generic_payload& request,
                                  const sc_core::sc_time& delay) {
  const std::size_t tag = tags_.at(&request);
  transactions_[tag].responding = true;
  send(tag, delay);
}

void PacketInterconnect::request_ended(std::size_t target, const sc_core::sc_time&) {
  if (!spec_.passes_on[target]) {
    network_.block(target, false, clock_.now());
    keep_appointment();
  }
  while (!held_[target].empty() && !busy(target)) {
    const Held next = held_[target].front();
    held_[target].pop_front();
    const Femtoseconds now = kernel_time(), at = std::max(now, next.arrival);
    blame_for_room(target, *transactions_[next.tag].request, at - next.arrival);
    hand_over(next.tag, to_sc_time(at - now));
  }
}

// The response to its initiator, which ends the transaction.
void PacketInterconnect::respond(std::size_t tag, const sc_core::sc_time& after) {
  const Transaction transaction = transactions_.take(tag);
  tags_.erase(transaction.request);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = after;
  initiators[transaction.from]->nb_transport_bw(*transaction.request, phase, delay);
}

}  // namespace systolith
