// Connects the cores' DMA engines with the shared levels and DRAM channels. TLM-2.0 non-blocking
// transport on both sides; targets may complete early or use all four phases. One file per kind.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <systemc>
#include <tlm>

#include "hw/arch/machine.h"
#include "hw/base/activity.h"
#include "hw/base/registry.h"
#include "hw/base/tenant.h"
#include "hw/control/calendar.h"
#include "hw/noc/link_traffic.h"
#include "hw/noc/port_traffic.h"

namespace systolith {

// Where a system address leads: a target port, and the address within that target.
struct Route {
  std::size_t port = 0;
  std::uint64_t address = 0;
  bool allowed = true;  // false: the address is not the tenant's; no target hears of it
};

struct InterconnectSpec {
  InterconnectConfig config;
  Hertz clock;                 // of the interconnect
  std::size_t initiators = 0;  // ports that masters connect to
  std::size_t targets = 0;     // ports that memories connect to
  // By target, where ports have less than the interconnect's width; else empty.
  std::vector<Bytes> target_widths = {};
  std::vector<Bytes> initiator_widths = {};  // by initiator, the same
  // Where in the topology they are; kinds without places do not look.
  std::vector<std::size_t> initiator_nodes = {}, target_nodes = {};
  // By target: it asks others before it answers, so that what waits for it must not stand in the
  // way.
  std::vector<bool> passes_on = {};
  // By target: what is to blame for a wait for room there; empty: nobody.
  std::vector<Reason> full = {};
  Calendar* calendar = nullptr;  // of kinds with events of their own
  Bytes largest_request = Bytes(64);
  std::optional<Hertz> account_clock = {};  // of port_traffic()'s cycles; its own where not given
  std::size_t layers = 0;                   // that port_traffic() tells apart
  // Of an initiator's whole request, which lies in one target.
  std::function<Route(std::size_t initiator, TenantId tenant, std::uint64_t system_address,
                      std::int64_t bytes)>
      route;

  // Bytes a clock of a port.
  std::int64_t initiator_width(std::size_t i) const { return width_of(initiator_widths, i); }
  std::int64_t target_width(std::size_t i) const { return width_of(target_widths, i); }

 private:
  std::int64_t width_of(const std::vector<Bytes>& own, std::size_t i) const {
    return own.empty() ? config.width.count() : own[i].count();
  }
};

class Interconnect : public sc_core::sc_module {
 public:
  static constexpr const char* kKind = "interconnect";
  using Factory = std::unique_ptr<Interconnect> (*)(const sc_core::sc_module_name& name,
                                                    const InterconnectSpec& spec);

  using sc_module::sc_module;
  virtual tlm::tlm_target_socket<>& initiator_port(std::size_t index) = 0;
  virtual tlm::tlm_initiator_socket<>& target_port(std::size_t index) = 0;
  virtual std::int64_t bytes_moved() const = 0;
  virtual const std::vector<PortTraffic>& port_traffic() const = 0;  // by target
  virtual std::vector<LinkTraffic> links() const { return {}; }
};
template <>
const RegistrationTable<Interconnect>& registrations<Interconnect>();

}  // namespace systolith
