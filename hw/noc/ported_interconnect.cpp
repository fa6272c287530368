#include "hw/noc/ported_interconnect.h"

#include "hw/base/error.h"
#include "hw/memory/burst_payload.h"

namespace systolith {

PortedInterconnect::PortedInterconnect(const sc_core::sc_module_name& name,
                                       const InterconnectSpec& spec)
    : Interconnect(name),
      initiators("initiator", spec.initiators),
      targets("target", spec.targets),
      spec_(spec),
      in_request_phase_(spec.targets, nullptr),
      account_clock_(spec.account_clock.value_or(spec.clock)),
      port_traffic_(spec.targets) {
  for (PortTraffic& port : port_traffic_) port.by_layer.resize(spec.layers);
  for (std::size_t i = 0; i < spec.initiators; ++i) {
    const int tag = static_cast<int>(i);
    initiators[i].register_nb_transport_fw(this, &PortedInterconnect::nb_transport_fw, tag);
    initiators[i].register_transport_dbg(this, &PortedInterconnect::transport_dbg, tag);
  }
  for (std::size_t i = 0; i < spec.targets; ++i)
    targets[i].register_nb_transport_bw(this, &PortedInterconnect::nb_transport_bw,
                                        static_cast<int>(i));
}

tlm::tlm_sync_enum PortedInterconnect::nb_transport_fw(int initiator,
                                                       tlm::tlm_generic_payload& request,
                                                       tlm::tlm_phase& phase,
                                                       sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;  // the target was answered at once
  const Route route = route_of(initiator, request);
  if (!route.allowed) {
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  request.set_address(route.address);
  bytes_moved_ += request.get_data_length();
  if (carry(static_cast<std::size_t>(initiator), route.port, request, delay))
    return tlm::TLM_COMPLETED;
  phase = tlm::END_REQ;  // the interconnect holds it from here on
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

tlm::tlm_sync_enum PortedInterconnect::nb_transport_bw(int target,
                                                       tlm::tlm_generic_payload& request,
                                                       tlm::tlm_phase& phase,
                                                       sc_core::sc_time& delay) {
  const auto at = static_cast<std::size_t>(target);
  const bool ends_request = in_request_phase_[at] == &request;
  if (ends_request) in_request_phase_[at] = nullptr;
  const bool responds = phase == tlm::BEGIN_RESP;
  if (responds) answered(at, request, delay);
  if (ends_request) request_ended(at, delay);
  return responds ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
}

Begun PortedInterconnect::begin(std::size_t target, tlm::tlm_generic_payload& request,
                                sc_core::sc_time& delay) {
  const Begun begun = begin_request(targets[target], request, delay);
  if (begun == Begun::in_request_phase) in_request_phase_[target] = &request;
  return begun;
}

void PortedInterconnect::blame_for_room(std::size_t target, tlm::tlm_generic_payload& request,
                                        Femtoseconds wait) const {
  if (!spec_.full.empty()) blame(request, spec_.full[target], wait);
}

void PortedInterconnect::account(std::size_t target, const tlm::tlm_generic_payload& request,
                                 Femtoseconds begin, Femtoseconds end) {
  PortTraffic& port = port_traffic_[target];
  const std::int64_t bytes = request.get_data_length();
  (request.is_write() ? port.written : port.read)
      .add(account_clock_.at_or_before(begin), account_clock_.at_or_after(end), Bytes(bytes));
  if (port.by_layer.empty()) return;
  const auto layer = static_cast<std::size_t>(owner_of(request).layer);
  SYSTOLITH_CHECK(layer < port.by_layer.size(), "{}: a request of layer {} of {}", name(), layer,
                  port.by_layer.size());
  port.by_layer[layer] += bytes;
}

// Debug access lies in one target.
unsigned PortedInterconnect::transport_dbg(int initiator, tlm::tlm_generic_payload& request) {
  const std::uint64_t address = request.get_address();
  const Route route = route_of(initiator, request);
  if (!route.allowed) return 0;
  request.set_address(route.address);
  const unsigned bytes = targets[route.port]->transport_dbg(request);
  request.set_address(address);
  return bytes;
}

Route PortedInterconnect::route_of(int initiator, const tlm::tlm_generic_payload& request) const {
  return spec_.route(static_cast<std::size_t>(initiator), tenant_of(request), request.get_address(),
                     request.get_data_length());
}

}  // namespace systolith
