// What a machine has done, read off its modules after a run.
#pragma once

#include "sim/system/simulate.h"
#include "sim/system/top.h"

namespace systolith {

// To be called once, after the run, which ended at `end`. Of DRAM without bytes_reached. Checked:
// the causes of each engine sum to the whole, and so do hits and misses of each level.
MachineWork machine_work(Top& top, Hertz clock, Cycles end);

// Who waits for what, a line each: of a run that cannot go on.
std::string waiting(const Top& top);

}  // namespace systolith
