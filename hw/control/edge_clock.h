// A clock domain on the kernel's time axis. No clock signal ticks: modules ask for the edge that
// they need. Times are femtoseconds, the kernel's resolution (hw/control/systemc_kernel.h).
#pragma once

#include <systemc>

#include "hw/base/clock.h"

namespace systolith {

inline Femtoseconds kernel_time() {
  return Femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
}
inline sc_core::sc_time to_sc_time(Femtoseconds t) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(t.count()));
}
inline Femtoseconds to_femtoseconds(const sc_core::sc_time& t) {
  return Femtoseconds(static_cast<std::int64_t>(t.value()));
}

// As ClockDomain, with 64-bit arithmetic where the period is a whole number of femtoseconds.
class EdgeClock {
 public:
  explicit EdgeClock(Hertz frequency)
      : domain_(frequency),
        period_(kFemtosPerSecond % frequency.count() == 0 ? kFemtosPerSecond / frequency.count()
                                                          : 0) {}

  Hertz frequency() const { return domain_.frequency(); }
  Femtoseconds edge(Cycles n) const {
    return period_ != 0 ? Femtoseconds(n.count() * period_) : domain_.edge(n);
  }
  Cycles at_or_after(Femtoseconds t) const {
    return period_ != 0 ? Cycles(ceil_div(t.count(), period_)) : domain_.at_or_after(t);
  }
  Cycles at_or_before(Femtoseconds t) const {
    return period_ != 0 ? Cycles(t.count() / period_) : domain_.at_or_before(t);
  }
  Cycles now() const { return at_or_after(kernel_time()); }
  // From now to edge n. Requires: the edge is not in the past.
  sc_core::sc_time until(Cycles n) const { return to_sc_time(edge(n) - kernel_time()); }

 private:
  static constexpr std::int64_t kFemtosPerSecond = 1'000'000'000'000'000;
  ClockDomain domain_;
  std::int64_t period_;  // 0: not a whole number
};

}  // namespace systolith
