// What has gone through a memory level.
#pragma once

#include <cstdint>

#include "hw/base/units.h"

namespace systolith {

// Accesses are what requests take of one line, or of one word of a bank where there are no lines.
struct LevelTraffic {
  std::int64_t bytes_read = 0, bytes_written = 0;  // by those in front
  std::int64_t hits = 0, misses = 0;               // accesses
  std::int64_t hit_bytes = 0, miss_bytes = 0;      // of bytes_read and bytes_written
  std::int64_t bytes_in = 0, bytes_out = 0;        // from and to what lies behind
  Cycles bank_wait, miss_wait;  // of accesses: for their bank; for room to miss (mshrs, ways)
};

}  // namespace systolith
