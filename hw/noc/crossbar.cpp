// A full crossbar. Each port moves `width` bytes, or what it has of them, per clock in each
// direction; a burst takes `hop_latency` clocks through the switch each way. Data cut through: the
// last beat of a write leaves the initiator's port, crosses, and enters the target's port; of a
// read, the other way.
//
//   write:  arrival  = target_port.take(initiator_port.take(issue) + hop)
//   read:   arrival  = issue + hop
//           response = initiator_port.take(target_port.take(data) + hop)
//
// Alone that is a hop and the beats of the narrower port; what it takes beyond is a wait for links.
//
// A target that does not complete early is served with all four phases, one request at a time in
// its request phase; the crossbar holds the others back in order.
#include <algorithm>
#include <deque>
#include <unordered_map>

#include "hw/control/edge_clock.h"
#include "hw/memory/bandwidth_ledger.h"
#include "hw/memory/burst_payload.h"
#include "hw/noc/ported_interconnect.h"

namespace systolith {
namespace {

using tlm::tlm_generic_payload;

class Crossbar final : public PortedInterconnect {
 public:
  Crossbar(const sc_core::sc_module_name& name, const InterconnectSpec& spec)
      : PortedInterconnect(name, spec), hop_(spec.config.hop_latency), clock_(spec.clock) {
    SYSTOLITH_CHECK(spec.target_widths.empty() || spec.target_widths.size() == spec.targets,
                    "{} widths of {} targets", spec.target_widths.size(), spec.targets);
    SYSTOLITH_CHECK(
        spec.initiator_widths.empty() || spec.initiator_widths.size() == spec.initiators,
        "{} widths of {} initiators", spec.initiator_widths.size(), spec.initiators);
    for (std::size_t i = 0; i < spec.initiators; ++i)
      initiator_ports_.emplace_back(spec.initiator_width(i));
    for (std::size_t i = 0; i < spec.targets; ++i) target_ports_.emplace_back(spec.target_width(i));
  }

 private:
  struct Port {
    explicit Port(std::int64_t bytes_a_clock)
        : width(bytes_a_clock), to_target(width, 1), to_initiator(width, 1) {}
    std::int64_t width;
    BandwidthLedger to_target, to_initiator;
  };
  struct Link {
    BandwidthLedger& beats;
    std::int64_t width;
  };
  struct Pending {
    tlm_generic_payload* request;
    Femtoseconds arrival;
  };
  struct TargetPort : Port {
    using Port::Port;
    std::deque<Pending> held;
  };

  bool carry(std::size_t from, std::size_t to, tlm_generic_payload& request,
             sc_core::sc_time& delay) override {
    TargetPort& target = target_ports_[to];
    delay = arrival(from, to, request, delay);
    if (busy(to) || !target.held.empty()) {
      target.held.push_back({&request, kernel_time() + to_femtoseconds(delay)});
    } else if (begin(to, request, delay) == Begun::answered) {
      delay = response(from, to, request, delay);
      return true;
    }
    from_[&request] = from;
    return false;
  }

  void answered(std::size_t target, tlm_generic_payload& request,
                const sc_core::sc_time& delay) override {
    const auto found = from_.find(&request);
    const std::size_t from = found->second;
    from_.erase(found);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time at = response(from, target, request, delay);
    initiators[from]->nb_transport_bw(request, phase, at);
  }

  // Sends requests held back by the target's request phase, until one is in it again.
  void request_ended(std::size_t port, const sc_core::sc_time& not_before) override {
    TargetPort& target = target_ports_[port];
    while (!target.held.empty() && !busy(port)) {
      const Pending next = target.held.front();
      target.held.pop_front();
      const Femtoseconds now = kernel_time();
      const Femtoseconds wait(std::max<std::int64_t>((next.arrival - now).count(), 0));
      sc_core::sc_time delay = std::max(to_sc_time(wait), not_before);
      blame_for_room(port, *next.request, now + to_femtoseconds(delay) - next.arrival);
      if (begin(port, *next.request, delay) == Begun::answered)
        answered(port, *next.request, delay);
    }
  }

  // From now to the request's last beat at the target.
  sc_core::sc_time arrival(std::size_t from, std::size_t to, tlm_generic_payload& request,
                           const sc_core::sc_time& delay) {
    const Femtoseconds now = kernel_time();
    Cycles at = clock_.at_or_after(now + to_femtoseconds(delay));
    if (request.is_write()) {
      Port& port = initiator_ports_[from];
      TargetPort& target = target_ports_[to];
      at = cross({port.to_target, port.width}, {target.to_target, target.width}, now, at, request);
      account(to, request, clock_.edge(at - beats_of(request, target.width)), clock_.edge(at));
    } else {
      at += hop_;
    }
    return to_sc_time(clock_.edge(at) - now);
  }

  // From now to the response's last beat at the initiator.
  sc_core::sc_time response(std::size_t from, std::size_t to, tlm_generic_payload& request,
                            const sc_core::sc_time& delay) {
    const Femtoseconds now = kernel_time();
    Cycles at = clock_.at_or_after(now + to_femtoseconds(delay));
    if (request.is_read()) {
      Port& port = initiator_ports_[from];
      TargetPort& target = target_ports_[to];
      at = cross({target.to_initiator, target.width}, {port.to_initiator, port.width}, now, at,
                 request);
      account(to, request, clock_.edge(at - beats_of(request, port.width)), clock_.edge(at));
    } else {
      at += hop_;
    }
    return to_sc_time(clock_.edge(at) - now);
  }

  static Cycles beats_of(const tlm_generic_payload& request, std::int64_t width) {
    return Cycles(ceil_div(request.get_data_length(), width));
  }

  // Through two links, the second a hop behind, from cycle `from` on; returns the end of the last
  // beat. The second's beats neither begin before the first's are there nor end before them.
  Cycles cross(Link first, Link second, Femtoseconds now, Cycles from,
               tlm_generic_payload& request) {
    const std::int64_t bytes = request.get_data_length();
    const Cycles beats = beats_of(request, first.width), then = beats_of(request, second.width);
    const Cycles current = clock_.at_or_before(now);
    const Cycles left = first.beats.reserve(current, from, from + beats, bytes);
    const Cycles begin = left + hop_ - std::min(beats, then);
    const Cycles end = second.beats.reserve(current, begin, begin + then, bytes);
    blame(request, Cause::interconnect, clock_.edge(end - from - hop_ - std::max(beats, then)));
    return end;
  }

  Cycles hop_;
  EdgeClock clock_;
  std::vector<Port> initiator_ports_;
  std::vector<TargetPort> target_ports_;
  std::unordered_map<const tlm_generic_payload*, std::size_t> from_;  // looked up, never iterated
};

}  // namespace

extern const Registration<Interconnect> crossbar = {
    "crossbar", "Every initiator reaches every target; ports are the only bottleneck.",
    [](const sc_core::sc_module_name& name, const InterconnectSpec& spec)
        -> std::unique_ptr<Interconnect> { return std::make_unique<Crossbar>(name, spec); }};

}  // namespace systolith
