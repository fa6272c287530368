#include "hw/memory/bandwidth_ledger.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::size_t kInitialWindows = 64;

}  // namespace

BandwidthLedger::BandwidthLedger(std::int64_t slots_per_cycle, std::int64_t cycles_per_window)
    : slots_per_cycle_(slots_per_cycle),
      window_shift_(0),
      slots_per_window_(slots_per_cycle * cycles_per_window),
      used_(kInitialWindows) {
  SYSTOLITH_CHECK(slots_per_cycle > 0 && cycles_per_window > 0, "{} slots, {} cycles",
                  slots_per_cycle, cycles_per_window);
  while (std::int64_t{1} << window_shift_ < cycles_per_window) ++window_shift_;
  SYSTOLITH_CHECK(std::int64_t{1} << window_shift_ == cycles_per_window, "{} cycles a window",
                  cycles_per_window);
}

void BandwidthLedger::forget_before(std::int64_t window) {
  const auto size = static_cast<std::int64_t>(used_.size());
  const std::int64_t end = std::min(window, first_ + size);
  for (std::int64_t w = first_; w < end; ++w) used_[static_cast<std::size_t>(w & (size - 1))] = 0;
  first_ = std::max(first_, window);
}

void BandwidthLedger::grow(std::int64_t window) {
  std::size_t size = used_.size();
  while (static_cast<std::int64_t>(size) <= window - first_) size *= 2;
  std::vector<std::int64_t> larger(size);
  for (std::size_t i = 0; i < used_.size(); ++i) {
    const auto w = static_cast<std::size_t>(first_) + i;
    larger[w & (size - 1)] = used_[w & (used_.size() - 1)];
  }
  used_.swap(larger);
}

Cycles BandwidthLedger::reserve(Cycles now, Cycles begin, Cycles end, std::int64_t slots) {
  if (slots == 0) return end;
  forget_before(now.count() >> window_shift_);
  const std::int64_t length = std::max<std::int64_t>(end.count() - begin.count(), 1);
  std::int64_t left = slots;
  for (std::int64_t window = begin.count() >> window_shift_;; ++window) {
    const std::int64_t from = std::max(window << window_shift_, begin.count());
    const std::int64_t to = (window + 1) << window_shift_;
    const std::int64_t elapsed = to - begin.count();
    // What an even spread asks for until the end of this window, less what has been served.
    const std::int64_t due =
        elapsed >= length ? left : std::max(slots * elapsed / length - (slots - left), {});
    std::int64_t& taken = used(window);
    const std::int64_t room = std::min(slots_per_window_ - taken, (to - from) * slots_per_cycle_);
    const std::int64_t served = std::min(due, std::max<std::int64_t>(room, 0));
    taken += served;
    left -= served;
    if (left > 0) continue;
    if (from + 1 == to) return std::max(end, Cycles(to));
    // Past the asked end, the window's earlier users come first.
    const std::int64_t ahead = from < end.count() ? served : taken;
    return std::max(end, Cycles(from + ceil_div(ahead, slots_per_cycle_)));
  }
}

}  // namespace systolith
