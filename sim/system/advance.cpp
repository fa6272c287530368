#include "sim/system/advance.h"

#include <algorithm>
#include <chrono>

#include "hw/control/edge_clock.h"

namespace systolith {

void advance(Hertz clock, const std::function<bool()>& over, const std::function<void()>& report) {
  if (!report) return sc_core::sc_start();
  using HostClock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kInterval{25};
  constexpr std::int64_t kFirstSliceCycles = 10'000;
  Femtoseconds slice = EdgeClock(clock).edge(Cycles(kFirstSliceCycles));
  auto reported = HostClock::now();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);  // nothing is pending before the modules have started
  while (!over() && sc_core::sc_pending_activity()) {
    const auto before = HostClock::now();
    sc_core::sc_start(to_sc_time(slice), sc_core::SC_RUN_TO_TIME);
    const auto after = HostClock::now();
    if (after - before < kInterval / 4) slice *= 2;
    if (after - before > kInterval) slice = std::max(slice / 2, Femtoseconds(1'000'000));
    if (after - reported < kInterval) continue;
    reported = after;
    report();
  }
}

}  // namespace systolith
