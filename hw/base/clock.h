// A clock's edges on the common time axis, exact for any integer frequency.
#pragma once

#include "hw/base/units.h"

namespace systolith {

// Edge n lies at floor(n * 1e15 / f) femtoseconds: no drift, whatever the frequency.
// Requires: 1 Hz <= f <= 1 THz.
class ClockDomain {
  __extension__ using Wide = __int128;

 public:
  constexpr explicit ClockDomain(Hertz frequency) : frequency_(frequency) {}

  constexpr Hertz frequency() const { return frequency_; }

  constexpr Femtoseconds edge(Cycles n) const {
    return Femtoseconds(static_cast<std::int64_t>(static_cast<Wide>(n.count()) * kFemtosPerSecond /
                                                  frequency_.count()));
  }

  // The first edge at or after `t`.
  constexpr Cycles at_or_after(Femtoseconds t) const {
    auto n = static_cast<std::int64_t>(static_cast<Wide>(t.count()) * frequency_.count() /
                                       kFemtosPerSecond);
    while (edge(Cycles(n)) < t) ++n;
    return Cycles(n);
  }

  // The last edge at or before `t`.
  constexpr Cycles at_or_before(Femtoseconds t) const {
    const Cycles n = at_or_after(t);
    return edge(n) == t ? n : n - Cycles(1);
  }

 private:
  static constexpr Wide kFemtosPerSecond = 1'000'000'000'000'000;
  Hertz frequency_;
};

}  // namespace systolith
