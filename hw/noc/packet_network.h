// Packets on links, event driven and without SystemC: virtual cut-through with credits. Time is in
// cycles of the interconnect's clock.
//
//   source queue ──► link ──► buffer ──► link ──► buffer ──► ... ──► a port's own link ──► port
//
// A packet is flits of the links' width. It takes a link when it is the head of its queue or
// buffer, the one before it has left there, the link is free, and the buffer at the far end has
// room for all of it (credits); then the link is its own for a cycle a flit (more where the link or
// the source is narrower than others), and its head is at the far end `hop_latency` later. Its room
// in the buffer behind is given back when its last flit has left. A queue or buffer gives one flit
// a cycle: no input of a switch is faster than the links. Over h links that nobody else uses a
// packet takes
//
//   h hop_latency + flits
//
// with the port's own link, which has no latency, at the end. Who of several goes first: `age`, the
// packet that was sent first; `round_robin`, the inputs in turn.
#pragma once

#include <deque>
#include <queue>

#include "hw/noc/link_traffic.h"

namespace systolith {

struct LinkSpec {
  std::string name;
  Cycles latency;           // of the head
  std::int64_t width = 1;   // bytes a cycle
  std::int64_t buffer = 0;  // flits at the far end; 0: it leads to ports
  // Flits that a packet which enters here from a source must leave free beyond its own: in a ring
  // the bubble without which packets could wait for each other all around it.
  std::int64_t bubble = 0;
};

using LinkPath = std::vector<std::size_t>;  // indices of links; the last leads to a port

class PacketNetwork {
 public:
  static constexpr Cycles kNever{INT64_MAX};

  struct Packet {
    std::size_t tag = 0;   // the caller's
    std::size_t port = 0;  // where it goes; may be blocked
    std::int64_t flits = 1, bytes = 0;
    const LinkPath* path = nullptr;  // outlives the packet
  };
  struct Delivery {
    std::size_t tag;
    Cycles at;  // its last flit
  };

  // `sources`: bytes a cycle of each. Requires: buffers are 0 or hold the largest packet.
  PacketNetwork(const std::vector<LinkSpec>& links, const std::vector<std::int64_t>& sources,
                std::size_t ports, bool round_robin);

  // At `ready`, which may lie in the future.
  void send(std::size_t source, const Packet& packet, Cycles ready);
  // How long it takes where nobody else is.
  Cycles alone(std::size_t source, const Packet& packet) const;
  // No packet is given to a blocked port, nor taken from the last buffer before it.
  void block(std::size_t port, bool blocked, Cycles now);

  Cycles next() const { return events_.empty() ? kNever : events_.top().at; }
  // What happens until `now`; deliveries in the order of their grants.
  void run(Cycles now, std::vector<Delivery>& delivered);

  std::vector<LinkTraffic> traffic() const;

 private:
  struct Travelling {
    Packet packet;
    std::size_t hop = 0;  // index in its path of the link that it wants
    Cycles at;            // its head is there
    Cycles tail;          // its last flit is there, one cycle after its arrival
    Cycles sent;
    std::uint64_t number = 0;  // of sending
    bool older(const Travelling& other) const {
      return sent != other.sent ? sent < other.sent : number < other.number;
    }
  };
  struct Input {  // a source's queue, or the buffer behind a link
    std::deque<Travelling> waiting;
    std::size_t link = 0;    // the buffer's; kSource for a source
    std::int64_t width = 1;  // bytes a cycle that it gives
    Cycles free;             // the packet before has left
  };
  struct Link {
    LinkSpec spec;
    Cycles free;
    Cycles look = kNever;             // the next time that somebody looks at it
    std::int64_t held = 0;            // flits of its far buffer that are taken
    std::vector<std::size_t> inputs;  // whose packets ever wanted it
    std::size_t turn = 0;             // the input that was last served
    LinkTraffic traffic;
  };
  struct Event {
    Cycles at;
    std::uint64_t number;
    std::size_t link;
    std::int64_t released;  // flits of its far buffer; 0: only to look
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };
  static constexpr std::size_t kSource = static_cast<std::size_t>(-1);

  void look_at(std::size_t link, Cycles at);
  void wait(std::size_t link, Cycles now);
  static Cycles time_at(std::int64_t width, const Packet& packet);
  void join(std::size_t input, const Travelling& travelling);
  void want(std::size_t input, Cycles now);
  bool may_take(const Link& link, const Input& input, Cycles now) const;
  std::size_t choose(const Link& link, Cycles now) const;
  void serve(std::size_t link, Cycles now, std::vector<Delivery>& delivered);

  std::vector<Link> links_;
  std::vector<Input> inputs_;  // sources first, then the buffers by link
  std::size_t sources_;
  std::vector<bool> blocked_;                   // by port
  std::vector<std::vector<std::size_t>> held_;  // by port: links that wait for it
  bool round_robin_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t sent_ = 0, events_made_ = 0;
};

}  // namespace systolith
