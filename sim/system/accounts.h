// What a machine has done, read off its modules after a run.
#pragma once

#include "sim/system/simulate.h"
#include "sim/system/top.h"

namespace systolith {

// Closes every engine's account at `total`; the causes of each sum to it.
std::vector<EngineReport> engine_reports(Top& top, Cycles total);
// What energy is computed from, but for DRAM's.
EventCounts event_counts(const Top& top);
// In the machine's order; under strict isolation every tenant's own.
std::vector<MemoryLevelReport> level_reports(const Top& top);
// Without bytes_reached. To be called once, after the run, which ended at `end`.
DramReport dram_report(Top& top, Femtoseconds end);

struct ArrayWork {
  std::int64_t macs = 0;
  std::int64_t mac_slots = 0;  // PE cycles of them with every PE at work
};
ArrayWork array_work(const Top& top);

// Who waits for what, a line each: of a run that cannot go on.
std::string waiting(const Top& top);

}  // namespace systolith
