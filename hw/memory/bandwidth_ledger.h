// A shared resource's bandwidth, booked ahead without events: time is cut into windows of cycles,
// each with a fixed number of slots, and users reserve slots in the windows that their work covers.
// Later reservations fill the gaps that earlier ones left.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

class BandwidthLedger {
 public:
  // Requires: both > 0, cycles_per_window a power of two. Within a window, order is not kept: its
  // length is the time resolution.
  BandwidthLedger(std::int64_t slots_per_cycle, std::int64_t cycles_per_window);

  // Takes `slots` slots, spread evenly over [begin, end), later where windows are taken; returns
  // the cycle at which the last is served, at least `end`. Reservations before `now` are forgotten.
  // Requires: now <= begin <= end, slots >= 0.
  Cycles reserve(Cycles now, Cycles begin, Cycles end, std::int64_t slots);

 private:
  void forget_before(std::int64_t window);
  void grow(std::int64_t window);
  std::int64_t& used(std::int64_t window) {
    if (window - first_ >= static_cast<std::int64_t>(used_.size())) grow(window);
    return used_[static_cast<std::size_t>(window) & (used_.size() - 1)];
  }

  std::int64_t slots_per_cycle_;
  int window_shift_;  // log2 of the cycles per window
  std::int64_t slots_per_window_;
  std::int64_t first_ = 0;          // the earliest window remembered
  std::vector<std::int64_t> used_;  // ring over windows from first_ on; size a power of two
};

}  // namespace systolith
