// Viewers draw the events of one track correctly only where they don't overlap; what overlaps goes
// to tracks of its own.
#pragma once

#include <vector>

#include "hw/base/units.h"

namespace systolith {

class Lanes {
 public:
  // The first lane that is free at `start`. Requires: finishes do not decrease from call to call,
  // or starts do not.
  std::size_t place(Cycles start, Cycles finish) {
    std::size_t lane = 0;
    while (lane < free_at_.size() && free_at_[lane] > start) ++lane;
    if (lane == free_at_.size()) free_at_.emplace_back();
    free_at_[lane] = finish;
    return lane;
  }
  std::size_t count() const { return free_at_.size(); }

 private:
  std::vector<Cycles> free_at_;
};

}  // namespace systolith
