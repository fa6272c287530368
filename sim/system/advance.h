// Advances the kernel to the end of a run.
#pragma once

#include <functional>

#include "hw/base/units.h"

namespace systolith {

// Until nothing is pending or `over()`. Where `report` is given, time goes in slices that adapt to
// the host, so that it is called about every 25 ms; else in one go, which sc_pause() ends.
void advance(Hertz clock, const std::function<bool()>& over, const std::function<void()>& report);

}  // namespace systolith
