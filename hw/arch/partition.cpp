#include "hw/arch/partition.h"

#include <algorithm>
#include <numeric>

#include "hw/arch/logical_cores.h"

namespace systolith {
namespace {

std::vector<std::int64_t> count_to(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

Partition whole_machine(const Machine& machine) {
  TenantPart all;
  all.cores = count_to(logical_core_count(machine));
  const CoreConfig core = logical_core(machine, 0).config;
  all.scratchpad.size = core.scratchpad.capacity;
  all.weight_scratchpad.size = core.weight_scratchpad.capacity;
  all.channels = count_to(machine.dram.channels);
  all.dram.size = machine.dram.channel_capacity();
  for (const LevelConfig& level : machine.memory) all.levels.push_back({0, level.capacity});
  return {{all}, false};
}

DramConfig sliced(DramConfig dram, std::int64_t share) {
  const auto slower = [&](std::int64_t clocks) { return ceil_div(clocks * kWholeShare, share); };
  dram.facts.burst_cycles = Cycles(slower(dram.facts.burst_cycles.count()));
  for (const char* rate : {"RRD_S", "RRD_L", "FAW", "CCD_S", "CCD_L", "CCD_S_WR", "CCD_L_WR"}) {
    const auto standard = dram.facts.timings.find(rate);
    if (standard == dram.facts.timings.end()) continue;
    const auto given = dram.timing.emplace(rate, standard->second).first;
    given->second = slower(given->second);
  }
  return dram;
}

LevelConfig sliced(LevelConfig level, std::int64_t share) {
  level.banks = std::max<std::int64_t>(level.banks * share / kWholeShare, 1);
  return level;
}

Machine machine_of(const Machine& machine, const Partition& partition, std::size_t tenant) {
  const TenantPart& part = partition.parts[tenant];
  Machine own = machine_of_cores(machine, part.cores);
  own.core.scratchpad.capacity = part.scratchpad.size;
  own.core.weight_scratchpad.capacity = part.weight_scratchpad.size;
  own.dram.channels = static_cast<std::int64_t>(part.channels.size());
  own.dram.region = part.dram.size;
  if (partition.strict) own.dram = sliced(own.dram, part.dram_share);
  for (std::size_t i = 0; i < own.memory.size(); ++i) own.memory[i].capacity = part.levels[i].size;
  return own;
}

}  // namespace systolith
