// A channel whose memory a plug-in brings (hw/dram/memory_plugin.h). Passes everything on, both
// ways, and counts.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>

#include "hw/arch/machine.h"
#include "hw/dram/memory_channel.h"
#include "hw/dram/memory_plugin.h"

namespace systolith {

class ForeignChannel final : public MemoryChannel {
 public:
  tlm_utils::simple_target_socket<ForeignChannel> socket{"socket"};
  tlm_utils::simple_initiator_socket<ForeignChannel> plugin_socket{"plugin"};

  // Throws UserError: the library cannot be loaded, is no plug-in, or refuses.
  ForeignChannel(const sc_core::sc_module_name& name, const DramConfig& config,
                 std::int64_t channel);

  tlm::tlm_target_socket<>& target() override { return socket; }
  DramTraffic traffic() const override { return traffic_; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& request);

  std::unique_ptr<MemoryPlugin> memory_;
  DramTraffic traffic_;
};

}  // namespace systolith
