// The DRAM: one TLM-2.0 target per channel. Which channel an address belongs to is the
// interconnect's business (hw/dram/channel_interleave.h).
#pragma once

#include <string>
#include <vector>

#include "hw/dram/dram_channel.h"

namespace systolith {

struct DramChannelSpec {
  std::string name;
  DramConfig config;
};

class Dram final : public sc_core::sc_module {
 public:
  sc_core::sc_vector<DramChannel> channels;

  Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs, bool values,
       Calendar& calendar);

  DramTraffic traffic() const;
};

}  // namespace systolith
