// What has gone over one link of an interconnect.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

struct LinkTraffic {
  std::string name;  // "0,0 -> 1,0"
  std::int64_t bytes = 0, packets = 0;
  Cycles busy;                  // of the interconnect's clock: flits that crossed
  std::int64_t peak_flits = 0;  // that its far buffer ever held
};

}  // namespace systolith
