// What the searches for tiles share.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

// What a tile costs beyond its streams, in cycles: dispatch, dependency hand-over, pipeline
// latencies.
inline constexpr double kItemOverhead = 30;

// Of tile buffers, in bytes.
inline constexpr std::int64_t kBufferAlign = 64;

inline std::string kibibytes_text(std::int64_t bytes) {
  return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
}

// The sizes worth trying for an extent: all of it, its even splits, and powers of two times `unit`.
inline std::vector<std::int64_t> tile_choices(std::int64_t extent, std::int64_t unit) {
  std::set<std::int64_t> sizes = {extent};
  for (std::int64_t parts = 2; parts <= 8; ++parts)
    sizes.insert(std::min(extent, round_up(ceil_div(extent, parts), unit)));
  for (std::int64_t size = unit; size < extent; size *= 2) sizes.insert(size);
  return {sizes.begin(), sizes.end()};
}

// What DRAM and the cores' links can move in a core cycle.
inline double memory_bytes_per_cycle(const Machine& machine) {
  const auto clock = static_cast<double>(machine.clock.count());
  const double ports =
      static_cast<double>(machine.interconnect.width.count()) *
      static_cast<double>(machine.interconnect.clock.value_or(machine.clock).count()) / clock *
      static_cast<double>(machine.core.count);
  return std::min(ports, machine.dram.peak_bytes_per_second() / clock);
}

}  // namespace systolith
