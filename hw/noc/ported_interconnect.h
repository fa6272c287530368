// The sockets of an interconnect and its part of the protocol, whatever carries the requests
// between them: routes, one request in each target's request phase, debug access.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "hw/control/edge_clock.h"
#include "hw/memory/begin_request.h"
#include "hw/noc/interconnect.h"

namespace systolith {

class PortedInterconnect : public Interconnect {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<PortedInterconnect>> initiators;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<PortedInterconnect>> targets;

  PortedInterconnect(const sc_core::sc_module_name& name, const InterconnectSpec& spec);

  tlm::tlm_target_socket<>& initiator_port(std::size_t index) final { return initiators[index]; }
  tlm::tlm_initiator_socket<>& target_port(std::size_t index) final { return targets[index]; }
  std::int64_t bytes_moved() const final { return bytes_moved_; }
  const std::vector<PortTraffic>& port_traffic() const final { return port_traffic_; }

 protected:
  // A request of initiator `from` to target `to`, which begins after `delay`. True where it has
  // been answered at once: `delay` is to the response then.
  virtual bool carry(std::size_t from, std::size_t to, tlm::tlm_generic_payload& request,
                     sc_core::sc_time& delay) = 0;
  // The target's response, after `delay`.
  virtual void answered(std::size_t target, tlm::tlm_generic_payload& request,
                        const sc_core::sc_time& delay) = 0;
  // The target's request phase has ended: another request may begin, not before `delay`.
  virtual void request_ended(std::size_t target, const sc_core::sc_time& delay) = 0;

  // Requires: !busy(target).
  Begun begin(std::size_t target, tlm::tlm_generic_payload& request, sc_core::sc_time& delay);
  // The request has waited so long for the target to take it.
  void blame_for_room(std::size_t target, tlm::tlm_generic_payload& request,
                      Femtoseconds wait) const;
  // Its data cross the target's port from `begin` to `end`. Once for every request.
  void account(std::size_t target, const tlm::tlm_generic_payload& request, Femtoseconds begin,
               Femtoseconds end);
  // A request is in its request phase there.
  bool busy(std::size_t target) const { return in_request_phase_[target] != nullptr; }

  const InterconnectSpec spec_;

 private:
  tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& request,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, tlm::tlm_generic_payload& request,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& request);
  Route route_of(int initiator, const tlm::tlm_generic_payload& request) const;

  std::vector<const tlm::tlm_generic_payload*> in_request_phase_;  // by target
  std::int64_t bytes_moved_ = 0;
  EdgeClock account_clock_;
  std::vector<PortTraffic> port_traffic_;
};

}  // namespace systolith
