// The DRAM: one TLM-2.0 target per channel, ours or those of a plug-in. Which channel an address
// belongs to is the interconnect's business (hw/dram/channel_interleave.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/control/calendar.h"
#include "hw/dram/memory_channel.h"

namespace systolith {

struct DramChannelSpec {
  std::string name;
  DramConfig config;
};

class Dram final : public sc_core::sc_module {
 public:
  std::vector<std::unique_ptr<MemoryChannel>> channels;

  Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs, bool values,
       Calendar& calendar);

  // Ends the run for every channel; traffic()'s events are of all of it from then on.
  void settle(Femtoseconds end);
  DramTraffic traffic() const;
};

}  // namespace systolith
