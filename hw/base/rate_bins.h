// An amount over time in a fixed number of bins: when the run outgrows them, neighbours are summed
// and each bin stands for twice as long. Integers throughout, so nothing is lost or rounded.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

class RateBins {
 public:
  // Requires: bins even.
  explicit RateBins(std::size_t bins) : bins_(bins) {}

  // Spreads `bytes` evenly over [start, finish); all at `start` where they are equal.
  void add(Cycles start, Cycles finish, Bytes bytes);

  // Requires: width a power of two, at least width().
  void widen_to(Cycles width);

  Cycles width() const { return Cycles(width_); }
  // Up to the last bin that may hold anything.
  std::size_t used() const { return used_; }
  Bytes at(std::size_t bin) const { return Bytes(bins_[bin]); }

 private:
  void widen();

  std::vector<std::int64_t> bins_;
  std::int64_t width_ = 1;
  std::size_t used_ = 0;
};

}  // namespace systolith
