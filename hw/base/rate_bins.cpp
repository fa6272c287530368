#include "hw/base/rate_bins.h"

#include <algorithm>

namespace systolith {

void RateBins::add(Cycles start, Cycles finish, Bytes bytes) {
  __extension__ using Wide = __int128;
  const std::int64_t begin = start.count(), end = std::max(finish.count(), begin + 1);
  while (end > width_ * static_cast<std::int64_t>(bins_.size())) widen();
  used_ = std::max(used_, static_cast<std::size_t>(ceil_div(end, width_)));
  if (const std::int64_t bin = begin / width_; end <= (bin + 1) * width_) {
    bins_[static_cast<std::size_t>(bin)] += bytes.count();
    return;
  }
  // By cycle t, floor(bytes * (t - begin) / (end - begin)) have moved: the shares sum to `bytes`.
  std::int64_t moved = 0;
  for (std::int64_t bin = begin / width_; bin * width_ < end; ++bin) {
    const std::int64_t until = std::min(end, (bin + 1) * width_);
    const auto by_then =
        static_cast<std::int64_t>(Wide{bytes.count()} * (until - begin) / (end - begin));
    bins_[static_cast<std::size_t>(bin)] += by_then - moved;
    moved = by_then;
  }
}

void RateBins::widen_to(Cycles width) {
  while (width_ < width.count()) widen();
}

void RateBins::widen() {
  const std::size_t half = bins_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) bins_[i] = bins_[2 * i] + bins_[2 * i + 1];
  std::fill(bins_.begin() + static_cast<std::ptrdiff_t>(half), bins_.end(), 0);
  width_ *= 2;
  used_ = (used_ + 1) / 2;
}

}  // namespace systolith
