#include "hw/arch/partition.h"

#include <algorithm>
#include <numeric>

namespace systolith {
namespace {

std::vector<std::int64_t> count_to(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

bool has(const std::vector<std::int64_t>& list, std::int64_t number) {
  return std::find(list.begin(), list.end(), number) != list.end();
}

// What the tenant may count on of every channel's bandwidth.
std::int64_t channel_share(const Partition& partition, std::size_t tenant) {
  const TenantPart& part = partition.parts[tenant];
  const auto alone = [&](std::int64_t channel) {
    return has_channel_alone(partition, tenant, channel);
  };
  if (!partition.strict || std::all_of(part.channels.begin(), part.channels.end(), alone))
    return kWholeShare;
  return part.share;
}

}  // namespace

Partition whole_machine(const Machine& machine) {
  TenantPart all;
  all.cores = count_to(machine.core.count);
  all.scratchpad.size = machine.core.scratchpad.capacity;
  all.channels = count_to(machine.dram.channels);
  all.dram.size = machine.dram.facts.capacity;
  for (const LevelConfig& level : machine.memory) all.levels.push_back({0, level.capacity});
  return {{all}, false};
}

bool has_channel_alone(const Partition& partition, std::size_t tenant, std::int64_t channel) {
  for (std::size_t other = 0; other < partition.parts.size(); ++other)
    if (other != tenant && has(partition.parts[other].channels, channel)) return false;
  return true;
}

DramStandardFacts sliced(DramStandardFacts channel, std::int64_t share) {
  channel.burst_cycles = Cycles(ceil_div(channel.burst_cycles.count() * kWholeShare, share));
  return channel;
}

LevelConfig sliced(LevelConfig level, std::int64_t share) {
  level.banks = std::max<std::int64_t>(level.banks * share / kWholeShare, 1);
  return level;
}

Machine machine_of(const Machine& machine, const Partition& partition, std::size_t tenant) {
  const TenantPart& part = partition.parts[tenant];
  Machine own = machine;
  own.core.count = static_cast<std::int64_t>(part.cores.size());
  own.core.scratchpad.capacity = part.scratchpad.size;
  own.dram.channels = static_cast<std::int64_t>(part.channels.size());
  own.dram.facts.capacity = part.dram.size;
  own.dram.facts = sliced(own.dram.facts, channel_share(partition, tenant));
  for (std::size_t i = 0; i < own.memory.size(); ++i) own.memory[i].capacity = part.levels[i].size;
  return own;
}

}  // namespace systolith
