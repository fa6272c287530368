#include "hw/dram/latency_count.h"

#include <cmath>

namespace systolith {

Cycles LatencyCount::percentile(double share) const {
  auto left = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t latency = 0;
  for (const std::int64_t times : usual_) {
    left -= times;
    if (left <= 0) return Cycles(latency);
    ++latency;
  }
  for (const auto& [rare, times] : rare_) {
    left -= times;
    latency = rare;
    if (left <= 0) break;
  }
  return Cycles(latency);
}

}  // namespace systolith
