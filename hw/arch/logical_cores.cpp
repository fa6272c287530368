#include "hw/arch/logical_cores.h"

#include <fmt/format.h>

#include <numeric>

#include "hw/arch/level_paths.h"
#include "hw/arch/sub_arrays.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

std::int64_t parts_of(const Machine& machine) {
  return std::max<std::int64_t>(static_cast<std::int64_t>(machine.core.array.partition.size()), 1);
}

std::string describe(const Machine& machine, std::size_t part) {
  const SubArray& of = machine.core.array.partition[part];
  return fmt::format("core0.{} is {} x {} with 1/{} of its core", part, of.rows, of.cols,
                     share_divisor(of, machine.core.array));
}

}  // namespace

std::int64_t logical_core_count(const Machine& machine) {
  return machine.core.count * parts_of(machine);
}

LogicalCore logical_core(const Machine& machine, std::int64_t number) {
  const auto& parts = machine.core.array.partition;
  LogicalCore core{std::to_string(number / parts_of(machine)), machine.core};
  core.config.dma.width = machine.core.dma.width.value_or(machine.interconnect.width);
  if (!parts.empty()) {
    const std::int64_t part = number % parts_of(machine);
    core.number += fmt::format(".{}", part);
    core.config = sub_core(core.config, parts[static_cast<std::size_t>(part)]);
  }
  core.config.count = 1;
  return core;
}

std::vector<LogicalCore> logical_cores(const Machine& machine) {
  std::vector<LogicalCore> cores;
  for (std::int64_t i = 0; i < logical_core_count(machine); ++i)
    cores.push_back(logical_core(machine, i));
  return cores;
}

std::int64_t processing_elements(const Machine& machine) {
  const ArrayConfig& array = machine.core.array;
  if (array.partition.empty()) return machine.core.count * array.rows * array.cols;
  std::int64_t sum = 0;
  for (const SubArray& part : array.partition) sum += part.rows * part.cols;
  return machine.core.count * sum;
}

bool alike(const CoreConfig& a, const CoreConfig& b) {
  return a.array.rows == b.array.rows && a.array.cols == b.array.cols &&
         a.scratchpad.capacity == b.scratchpad.capacity &&
         a.scratchpad.banks == b.scratchpad.banks &&
         a.weight_scratchpad.capacity == b.weight_scratchpad.capacity;
}

namespace {

// The level's cores by the numbers that they have among `cores`, logical ones of the machine.
void renumber_cores(LevelConfig& level, const Machine& machine,
                    const std::vector<std::int64_t>& cores) {
  if (level.cores.empty()) return;
  constexpr std::int64_t kNobody = -1;
  const std::int64_t each = logical_core_count(machine) / machine.core.count;
  std::vector<std::int64_t> own;
  for (std::size_t i = 0; i < cores.size(); ++i)
    if (serves(level, cores[i] / each)) own.push_back(static_cast<std::int64_t>(i));
  if (own.empty()) own.push_back(kNobody);
  level.cores = own;
}

}  // namespace

Machine machine_of_cores(const Machine& machine, const std::vector<std::int64_t>& cores) {
  Machine own = machine;
  own.core = logical_core(machine, cores.at(0)).config;
  own.core.count = static_cast<std::int64_t>(cores.size());
  for (LevelConfig& level : own.memory) renumber_cores(level, machine, cores);
  return own;
}

Machine logical_machine(const Machine& machine) {
  const auto& parts = machine.core.array.partition;
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (!alike(sub_core(machine.core, parts[0]), sub_core(machine.core, parts[i])))
      user_error(
          "the sub-arrays of machine '{}' differ: {}, {}; a program for the whole machine needs "
          "cores that are alike (allowed: an even grid, as core.array.partition=2x1, or a scenario "
          "that gives each tenant cores of one kind)",
          machine.name, describe(machine, 0), describe(machine, i));
  std::vector<std::int64_t> all(static_cast<std::size_t>(logical_core_count(machine)));
  std::iota(all.begin(), all.end(), 0);
  return machine_of_cores(machine, all);
}

}  // namespace systolith
