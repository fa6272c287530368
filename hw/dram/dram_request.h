// What goes into a DRAM channel and what comes out.
#pragma once

#include <cstdint>

#include "hw/base/units.h"
#include "hw/base/tenant.h"

namespace systolith {

// One native burst.
struct DramRequest {
  std::uint64_t address = 0;  // within the channel
  bool write = false;
  TenantId tenant{};      // on whose behalf
  std::uint64_t tag = 0;  // the caller's; comes back with the answer
};

// That a read's last data are there.
struct DramAnswer {
  std::uint64_t tag;
  Cycles at;
};

}  // namespace systolith
