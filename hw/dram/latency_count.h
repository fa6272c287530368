// How often each latency occurred. Memory does not grow with how many there were.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

class LatencyCount {
 public:
  // Requires: latency >= 0.
  void add(Cycles latency) {
    ++count_;
    sum_ += latency.count();
    const auto index = static_cast<std::size_t>(latency.count());
    if (index >= kUsual)
      ++rare_[latency.count()];
    else if (index >= usual_.size())
      usual_.resize(index + 1), ++usual_[index];
    else
      ++usual_[index];
  }

  std::int64_t count() const { return count_; }
  // The others require: count() > 0.
  double mean() const { return static_cast<double>(sum_) / static_cast<double>(count_); }
  // The least latency that is not exceeded by `share` of all (nearest rank). Requires: 0 < share
  // <= 1.
  Cycles percentile(double share) const;
  Cycles max() const { return percentile(1); }

 private:
  static constexpr std::size_t kUsual = 1 << 16;

  std::int64_t count_ = 0, sum_ = 0;
  std::vector<std::int64_t> usual_;            // by latency
  std::map<std::int64_t, std::int64_t> rare_;  // latencies of kUsual and more
};

}  // namespace systolith
