// A full crossbar. Each port moves `width` bytes, or what it has of them, per clock in each
// direction; a burst takes `hop_latency` clocks through the switch each way. Data cut through: the
// last beat of a write leaves the initiator's port, crosses, and enters the target's port; of a
// read, the other way.
//
//   write:  arrival  = target_port.take(initiator_port.take(issue) + hop)
//   read:   arrival  = issue + hop
//           response = initiator_port.take(target_port.take(data) + hop)
//
// A target that does not complete early is served with all four phases, one request at a time in
// its request phase; the crossbar holds the others back in order.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <unordered_map>

#include "hw/control/edge_clock.h"
#include "hw/memory/bandwidth_ledger.h"
#include "hw/memory/burst_payload.h"
#include "hw/noc/interconnect.h"

namespace systolith {
namespace {

using tlm::tlm_generic_payload;
using tlm::tlm_sync_enum;

class Crossbar final : public Interconnect {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Crossbar>> initiators;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<Crossbar>> targets;

  Crossbar(const sc_core::sc_module_name& name, const InterconnectSpec& spec)
      : Interconnect(name),
        initiators("initiator", spec.initiators),
        targets("target", spec.targets),
        width_(spec.config.width.count()),
        hop_(spec.config.hop_latency),
        clock_(spec.clock),
        route_(spec.route) {
    SYSTOLITH_CHECK(spec.target_widths.empty() || spec.target_widths.size() == spec.targets,
                    "{} widths of {} targets", spec.target_widths.size(), spec.targets);
    SYSTOLITH_CHECK(
        spec.initiator_widths.empty() || spec.initiator_widths.size() == spec.initiators,
        "{} widths of {} initiators", spec.initiator_widths.size(), spec.initiators);
    for (std::size_t i = 0; i < spec.initiators; ++i) {
      const std::int64_t width =
          spec.initiator_widths.empty() ? width_ : spec.initiator_widths[i].count();
      const BandwidthLedger own(width, 1);
      initiator_ports_.push_back({{own, own}, width});
      const int tag = static_cast<int>(i);
      initiators[i].register_nb_transport_fw(this, &Crossbar::nb_transport_fw, tag);
      initiators[i].register_transport_dbg(this, &Crossbar::transport_dbg, tag);
    }
    for (std::size_t i = 0; i < spec.targets; ++i) {
      const std::int64_t width =
          spec.target_widths.empty() ? width_ : spec.target_widths[i].count();
      const BandwidthLedger own(width, 1);
      target_ports_.push_back({{own, own}, width, nullptr, {}});
      targets[i].register_nb_transport_bw(this, &Crossbar::nb_transport_bw, static_cast<int>(i));
    }
  }

  tlm::tlm_target_socket<>& initiator_port(std::size_t index) override { return initiators[index]; }
  tlm::tlm_initiator_socket<>& target_port(std::size_t index) override { return targets[index]; }
  std::int64_t bytes_moved() const override { return bytes_moved_; }

 private:
  struct Links {
    BandwidthLedger to_target, to_initiator;
  };
  struct InitiatorPort {
    Links links;
    std::int64_t width;  // bytes a clock
  };
  struct Pending {
    tlm_generic_payload* request;
    Femtoseconds arrival;
  };
  struct TargetPort {
    Links links;
    std::int64_t width;  // bytes a clock
    const tlm_generic_payload* in_request_phase;
    std::deque<Pending> held;
  };

  tlm_sync_enum nb_transport_fw(int initiator, tlm_generic_payload& request, tlm::tlm_phase& phase,
                                sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;  // the target was answered at once
    const auto from = static_cast<std::size_t>(initiator);
    const Route route =
        route_(from, tenant_of(request), request.get_address(), request.get_data_length());
    if (!route.allowed) {
      request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return tlm::TLM_COMPLETED;
    }
    TargetPort& target = target_ports_[route.port];
    request.set_address(route.address);
    bytes_moved_ += request.get_data_length();
    delay = arrival(from, target, request, delay);
    if (target.in_request_phase == nullptr && target.held.empty()) {
      const tlm_sync_enum status = targets[route.port]->nb_transport_fw(request, phase, delay);
      if (finish_early(status, from, route.port, request, phase, delay)) return tlm::TLM_COMPLETED;
      if (status == tlm::TLM_ACCEPTED) target.in_request_phase = &request;
    } else {
      target.held.push_back({&request, kernel_time() + to_femtoseconds(delay)});
    }
    from_[&request] = from;
    phase = tlm::END_REQ;  // the crossbar holds it from here on
    delay = sc_core::SC_ZERO_TIME;
    return tlm::TLM_UPDATED;
  }

  tlm_sync_enum nb_transport_bw(int port, tlm_generic_payload& request, tlm::tlm_phase& phase,
                                sc_core::sc_time& delay) {
    const auto at = static_cast<std::size_t>(port);
    TargetPort& target = target_ports_[at];
    const bool ends_request = target.in_request_phase == &request;
    if (ends_request) target.in_request_phase = nullptr;
    const sc_core::sc_time request_end = delay;
    tlm_sync_enum status = tlm::TLM_ACCEPTED;
    if (phase == tlm::BEGIN_RESP) {
      respond(at, request, delay);
      status = tlm::TLM_COMPLETED;
    }
    if (ends_request) send_held(at, request_end);
    return status;
  }

  // The response, when the target gave it in its return: true where the transaction is over.
  bool finish_early(tlm_sync_enum status, std::size_t from, std::size_t port,
                    tlm_generic_payload& request, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const bool responded = status == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP;
    if (status != tlm::TLM_COMPLETED && !responded) return false;
    if (responded) {
      tlm::tlm_phase end = tlm::END_RESP;
      sc_core::sc_time at = delay;
      targets[port]->nb_transport_fw(request, end, at);
    }
    delay = response(from, target_ports_[port], request, delay);
    return true;
  }

  void respond(std::size_t port, tlm_generic_payload& request, const sc_core::sc_time& delay) {
    const auto found = from_.find(&request);
    const std::size_t from = found->second;
    from_.erase(found);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time at = response(from, target_ports_[port], request, delay);
    initiators[from]->nb_transport_bw(request, phase, at);
  }

  // Sends requests held back by the target's request phase, until one is in it again.
  void send_held(std::size_t port, const sc_core::sc_time& not_before) {
    TargetPort& target = target_ports_[port];
    while (!target.held.empty() && target.in_request_phase == nullptr) {
      const Pending next = target.held.front();
      target.held.pop_front();
      const Femtoseconds now = kernel_time();
      const Femtoseconds wait(std::max<std::int64_t>((next.arrival - now).count(), 0));
      sc_core::sc_time delay = std::max(to_sc_time(wait), not_before);
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      const std::size_t from = from_.at(next.request);
      const tlm_sync_enum status = targets[port]->nb_transport_fw(*next.request, phase, delay);
      if (status == tlm::TLM_ACCEPTED) target.in_request_phase = next.request;
      if (status == tlm::TLM_COMPLETED ||
          (status == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP)) {
        if (status == tlm::TLM_UPDATED) {
          tlm::tlm_phase end = tlm::END_RESP;
          sc_core::sc_time at = delay;
          targets[port]->nb_transport_fw(*next.request, end, at);
        }
        static_cast<void>(from);
        respond(port, *next.request, delay);
      }
    }
  }

  // From now to the request's last beat at the target.
  sc_core::sc_time arrival(std::size_t from, TargetPort& target, const tlm_generic_payload& request,
                           const sc_core::sc_time& delay) {
    const Femtoseconds now = kernel_time();
    Cycles at = clock_.at_or_after(now + to_femtoseconds(delay));
    if (request.is_write()) {
      InitiatorPort& port = initiator_ports_[from];
      at = take(port.links.to_target, port.width, now, at, request);
      at = take_last_beat(target.links.to_target, target.width, now, at + hop_, request);
    } else {
      at += hop_;
    }
    return to_sc_time(clock_.edge(at) - now);
  }

  // From now to the response's last beat at the initiator.
  sc_core::sc_time response(std::size_t from, TargetPort& target,
                            const tlm_generic_payload& request, const sc_core::sc_time& delay) {
    const Femtoseconds now = kernel_time();
    Cycles at = clock_.at_or_after(now + to_femtoseconds(delay));
    if (request.is_read()) {
      at = take(target.links.to_initiator, target.width, now, at, request);
      InitiatorPort& port = initiator_ports_[from];
      at = take_last_beat(port.links.to_initiator, port.width, now, at + hop_, request);
    } else {
      at += hop_;
    }
    return to_sc_time(clock_.edge(at) - now);
  }

  // Beats from cycle `from` on; returns the end of the last.
  Cycles take(BandwidthLedger& link, std::int64_t width, Femtoseconds now, Cycles from,
              const tlm_generic_payload& request) {
    const std::int64_t bytes = request.get_data_length();
    return link.reserve(clock_.at_or_before(now), from, from + Cycles(ceil_div(bytes, width)),
                        bytes);
  }
  // The same where the last beat ends at `end` at the earliest.
  Cycles take_last_beat(BandwidthLedger& link, std::int64_t width, Femtoseconds now, Cycles end,
                        const tlm_generic_payload& request) {
    const Cycles beats(ceil_div(request.get_data_length(), width));
    const Cycles current = clock_.at_or_before(now);
    return take(link, width, now, end - beats > current ? end - beats : current, request);
  }

  std::int64_t width_;
  Cycles hop_;
  EdgeClock clock_;
  std::function<Route(std::size_t, TenantId, std::uint64_t, std::int64_t)> route_;
  std::vector<InitiatorPort> initiator_ports_;
  std::vector<TargetPort> target_ports_;
  std::unordered_map<const tlm_generic_payload*, std::size_t> from_;  // looked up, never iterated
  std::int64_t bytes_moved_ = 0;

  // Debug access, split where the route changes.
  unsigned transport_dbg(int initiator, tlm_generic_payload& request) {
    const std::uint64_t address = request.get_address();
    const Route route = route_(static_cast<std::size_t>(initiator), tenant_of(request), address,
                               request.get_data_length());
    if (!route.allowed) return 0;
    request.set_address(route.address);
    const unsigned bytes = targets[route.port]->transport_dbg(request);
    request.set_address(address);
    return bytes;
  }
};

}  // namespace

extern const Registration<Interconnect> crossbar = {
    "crossbar", "Every initiator reaches every target; ports are the only bottleneck.",
    [](const sc_core::sc_module_name& name, const InterconnectSpec& spec)
        -> std::unique_ptr<Interconnect> { return std::make_unique<Crossbar>(name, spec); }};

}  // namespace systolith
