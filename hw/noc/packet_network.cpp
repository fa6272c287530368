#include "hw/noc/packet_network.h"

#include <algorithm>

#include "hw/base/by_time.h"
#include "hw/base/error.h"

namespace systolith {

PacketNetwork::PacketNetwork(const std::vector<LinkSpec>& links,
                             const std::vector<std::int64_t>& sources, std::size_t ports,
                             bool round_robin)
    : sources_(sources.size()), blocked_(ports, false), held_(ports), round_robin_(round_robin) {
  for (const std::int64_t width : sources) inputs_.push_back({{}, kSource, width, {}});
  for (std::size_t i = 0; i < links.size(); ++i) {
    inputs_.push_back({{}, i, links[i].width, {}});
    Link link;
    link.spec = links[i];
    link.traffic.name = links[i].name;
    links_.push_back(std::move(link));
  }
}

void PacketNetwork::send(std::size_t source, const Packet& packet, Cycles ready) {
  join(source, {packet, 0, ready, ready, ready, sent_++});
}

Cycles PacketNetwork::alone(std::size_t source, const Packet& packet) const {
  Cycles latency, slowest = time_at(inputs_[source].width, packet);
  for (const std::size_t link : *packet.path) {
    latency += links_[link].spec.latency;
    slowest = std::max(slowest, time_at(links_[link].spec.width, packet));
  }
  return latency + slowest;
}

// In the order in which they are ready.
void PacketNetwork::join(std::size_t input, const Travelling& travelling) {
  if (insert_by_time(inputs_[input].waiting, travelling)) want(input, travelling.at);
}

// The input's head wants its link, not before `now`.
void PacketNetwork::want(std::size_t input, Cycles now) {
  const Travelling& head = inputs_[input].waiting.front();
  const std::size_t wanted = (*head.packet.path)[head.hop];
  std::vector<std::size_t>& known = links_[wanted].inputs;
  const auto place = std::lower_bound(known.begin(), known.end(), input);
  if (place == known.end() || *place != input) known.insert(place, input);
  look_at(wanted, std::max({now, head.at, inputs_[input].free}));
}

// Who looks sees to the next look: only the earliest is kept.
void PacketNetwork::look_at(std::size_t link, Cycles at) {
  if (links_[link].look <= at) return;
  links_[link].look = at;
  events_.push({at, events_made_++, link, 0});
}

void PacketNetwork::block(std::size_t port, bool blocked, Cycles now) {
  blocked_[port] = blocked;
  if (blocked) return;
  for (const std::size_t link : held_[port]) look_at(link, now);
  held_[port].clear();
}

void PacketNetwork::run(Cycles now, std::vector<Delivery>& delivered) {
  while (!events_.empty() && events_.top().at <= now) {
    const Event event = events_.top();
    events_.pop();
    Link& link = links_[event.link];
    if (event.released == 0 && link.look != event.at) continue;  // replaced by an earlier one
    link.held -= event.released;
    if (link.look == event.at) link.look = kNever;
    serve(event.link, event.at, delivered);
  }
}

bool PacketNetwork::may_take(const Link& link, const Input& input, Cycles now) const {
  if (input.waiting.empty()) return false;
  const Travelling& head = input.waiting.front();
  if (head.at > now || input.free > now) return false;
  if (&links_[(*head.packet.path)[head.hop]] != &link) return false;
  if (link.spec.buffer == 0) return !blocked_[head.packet.port];
  const std::int64_t bubble = input.link == kSource ? link.spec.bubble : 0;
  return link.held + head.packet.flits + bubble <= link.spec.buffer;
}

// Among the inputs; kSource: none may.
std::size_t PacketNetwork::choose(const Link& link, Cycles now) const {
  std::size_t best = kSource;
  const std::size_t count = link.inputs.size();
  const auto after = static_cast<std::size_t>(
      std::upper_bound(link.inputs.begin(), link.inputs.end(), link.turn) - link.inputs.begin());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t input = link.inputs[(after + i) % count];
    if (!may_take(link, inputs_[input], now)) continue;
    if (round_robin_) return input;
    if (best == kSource || inputs_[input].waiting.front().older(inputs_[best].waiting.front()))
      best = input;
  }
  return best;
}

void PacketNetwork::serve(std::size_t index, Cycles now, std::vector<Delivery>& delivered) {
  Link& link = links_[index];
  if (link.free > now) return look_at(index, link.free);
  const std::size_t from = choose(link, now);
  if (from == kSource) return wait(index, now);
  Input& input = inputs_[from];
  Travelling moving = input.waiting.front();
  input.waiting.pop_front();
  const Cycles crossing = time_at(std::min(link.spec.width, input.width), moving.packet);
  const Cycles tail = std::max(now + crossing, moving.tail);
  link.turn = from;
  link.free = input.free = tail;
  link.traffic.bytes += moving.packet.bytes;
  link.traffic.busy += tail - now;
  ++link.traffic.packets;
  if (input.link != kSource) events_.push({tail, events_made_++, input.link, moving.packet.flits});
  if (!input.waiting.empty()) want(from, now);
  look_at(index, tail);
  if (link.spec.buffer == 0) {
    delivered.push_back({moving.packet.tag, tail + link.spec.latency});
    return;
  }
  link.held += moving.packet.flits;
  link.traffic.peak_flits = std::max(link.traffic.peak_flits, link.held);
  moving.at = now + link.spec.latency;
  moving.tail = tail + link.spec.latency;
  ++moving.hop;
  join(sources_ + index, moving);
}

// Nobody may take the link now: the next look is when a head gets there, or its port is free again.
// (Credits that come back make for a look of their own.)
void PacketNetwork::wait(std::size_t index, Cycles now) {
  const Link& link = links_[index];
  for (const std::size_t number : link.inputs) {
    const Input& input = inputs_[number];
    if (input.waiting.empty()) continue;
    const Travelling& head = input.waiting.front();
    if ((*head.packet.path)[head.hop] != index) continue;
    const Cycles there = std::max(head.at, input.free);
    if (there > now) {
      look_at(index, there);
    } else if (link.spec.buffer == 0) {
      std::vector<std::size_t>& held = held_[head.packet.port];
      if (std::find(held.begin(), held.end(), index) == held.end()) held.push_back(index);
    }
  }
}

Cycles PacketNetwork::time_at(std::int64_t width, const Packet& packet) {
  return Cycles(std::max<std::int64_t>(ceil_div(packet.bytes, width), 1));
}

std::vector<LinkTraffic> PacketNetwork::traffic() const {
  std::vector<LinkTraffic> all;
  for (const Link& link : links_) all.push_back(link.traffic);
  return all;
}

}  // namespace systolith
