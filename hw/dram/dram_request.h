// What goes into a DRAM channel and what comes out.
#pragma once

#include <cstdint>

#include "hw/base/tenant.h"
#include "hw/base/units.h"

namespace systolith {

// One native burst.
struct DramRequest {
  std::uint64_t address = 0;  // within the channel
  bool write = false;
  TenantId tenant{};      // on whose behalf
  std::uint64_t tag = 0;  // the caller's; comes back with the answer
};

// Clocks of a read's wait, by what went on meanwhile.
struct DramWait {
  Cycles row;      // from the first command for its row, a precharge or activate, to its own
  Cycles refresh;  // while banks were being refreshed
  Cycles writes;   // while writes were served
};

// That a read's last data are there.
struct DramAnswer {
  std::uint64_t tag;
  Cycles at;
  DramWait wait = {};
};

}  // namespace systolith
