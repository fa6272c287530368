// The DRAM: one TLM-2.0 target per channel. Addresses begin at 0 within each channel; which channel
// an address belongs to is the interconnect's business (hw/dram/channel_interleave.h).
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "hw/arch/machine.h"
#include "hw/control/edge_clock.h"
#include "hw/dram/channel_timing.h"
#include "hw/memory/backing_store.h"

namespace systolith {

struct DramTraffic {
  std::int64_t bytes_read = 0, bytes_written = 0, requests = 0;
};

class DramChannel final : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<DramChannel> socket{"socket"};

  DramChannel(const sc_core::sc_module_name& name, const DramConfig& config, bool values);

  const DramTraffic& traffic() const { return traffic_; }

 private:
  // Completes early: the response time is known on arrival.
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void b_transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& request);

  Bytes capacity_;
  EdgeClock clock_;
  ChannelTiming timing_;
  bool values_;
  BackingStore contents_;
  DramTraffic traffic_;
};

struct DramChannelSpec {
  std::string name;
  DramConfig config;
};

class Dram final : public sc_core::sc_module {
 public:
  sc_core::sc_vector<DramChannel> channels;

  Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs, bool values);

  DramTraffic traffic() const;
};

}  // namespace systolith
