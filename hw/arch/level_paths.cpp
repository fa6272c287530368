#include "hw/arch/level_paths.h"

#include <algorithm>

namespace systolith {
namespace {

bool is_passed(const LevelConfig& level) { return !is_addressed(level); }

// Whether everybody who comes to `near` may come to `far`.
bool serves_all_of(const LevelConfig& far, const LevelConfig& near, std::int64_t cores) {
  for (std::int64_t core = 0; core < cores; ++core)
    if (serves(near, core) && !serves(far, core)) return false;
  return true;
}

std::optional<std::size_t> find_level(const Machine& machine, const std::string& name) {
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    if (machine.memory[i].name == name) return i;
  return std::nullopt;
}

std::optional<std::size_t> next_of(const Machine& machine, std::size_t near) {
  const LevelConfig& level = machine.memory[near];
  if (!level.next.empty()) return find_level(machine, level.next);
  for (std::size_t far = near + 1; far < machine.memory.size(); ++far)
    if (is_passed(machine.memory[far]) &&
        serves_all_of(machine.memory[far], level, machine.core.count))
      return far;
  return std::nullopt;
}

std::string path_of(std::size_t level, const char* key) {
  return fmt::format("memory.{}.{}", level, key);
}

void check_cores(const Machine& machine, std::size_t i, const Complaint& complain) {
  for (const std::int64_t core : machine.memory[i].cores)
    if (core >= machine.core.count)
      complain({path_of(i, "cores"), "core.count"},
               fmt::format("there is no core {} (allowed: 0 to {})", core, machine.core.count - 1));
}

void check_host(const Machine& machine, std::size_t i, const Complaint& complain) {
  const LevelConfig& level = machine.memory[i];
  if (!is_host(level)) return;
  if (!level.cores.empty())
    complain({path_of(i, "cores")}, "a host is every core's (leave out cores)");
  for (std::size_t other = 0; other < i; ++other)
    if (is_host(machine.memory[other]))
      complain({path_of(i, "kind")}, fmt::format("'{}' is a second host beside '{}' (allowed: one)",
                                                 level.name, machine.memory[other].name));
}

void check_next(const Machine& machine, std::size_t i, const Complaint& complain) {
  const LevelConfig& level = machine.memory[i];
  if (level.next.empty()) return;
  if (is_addressed(level))
    complain({path_of(i, "next")},
             fmt::format("nothing lies behind a {}, which programs address themselves (it is for "
                         "kinds that are passed through)",
                         level.kind));
  if (level.next == "dram") return;
  std::vector<std::string> allowed = {"dram"};
  for (const LevelConfig& other : machine.memory)
    if (is_passed(other) && other.name != level.name) allowed.push_back(other.name);
  if (std::find(allowed.begin(), allowed.end(), level.next) == allowed.end())
    complain({path_of(i, "next")},
             fmt::format("'{}' is no level that '{}' can pass requests on to (allowed: {})",
                         level.next, level.name, fmt::join(allowed, ", ")));
}

void check_no_cycle(const Machine& machine, const Complaint& complain) {
  const LevelPaths paths(machine);
  for (std::size_t start = 0; start < machine.memory.size(); ++start) {
    std::string way = machine.memory[start].name;
    for (auto at = paths.next(start); at; at = paths.next(*at)) {
      way += " -> " + machine.memory[*at].name;
      if (*at == start)
        complain({path_of(start, "next")},
                 fmt::format("the hierarchy is cyclic, no request would get to DRAM: {}", way));
      if (way.size() > 64 * machine.memory.size()) break;  // into a cycle that others are in
    }
  }
}

void check_all_reached(const Machine& machine, const Complaint& complain) {
  const LevelPaths paths(machine);
  std::vector<bool> reached(machine.memory.size(), false);
  std::string entries;
  for (std::int64_t core = 0; core < machine.core.count; ++core) {
    auto at = paths.entry(core);
    if (core < 4)
      entries += fmt::format("{}core {} enters at {}", core == 0 ? "" : ", ", core,
                             at ? machine.memory[*at].name : "dram");
    for (; at && !reached[*at]; at = paths.next(*at)) reached[*at] = true;
  }
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    if (is_passed(machine.memory[i]) && !reached[i])
      complain({path_of(i, "name"), path_of(i, "cores")},
               fmt::format("no core reaches level '{}' ({}): it has to be the first of a core, or "
                           "the next of one that is reached",
                           machine.memory[i].name, entries));
}

}  // namespace

bool is_addressed(const LevelConfig& level) { return level.kind == "scratchpad" || is_host(level); }

bool is_host(const LevelConfig& level) { return level.kind == "host"; }

bool serves(const LevelConfig& level, std::int64_t core) {
  return level.cores.empty() ||
         std::find(level.cores.begin(), level.cores.end(), core) != level.cores.end();
}

Bytes largest_request(const Machine& machine) {
  Bytes largest = machine.core.dma.burst;
  for (const LevelConfig& level : machine.memory)
    if (level.kind == "cache") largest = std::max(largest, level.line);
  return largest;
}

LevelPaths::LevelPaths(const Machine& machine)
    : entries_(static_cast<std::size_t>(machine.core.count)), next_(machine.memory.size()) {
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    if (is_passed(machine.memory[i])) next_[i] = next_of(machine, i);
  for (std::int64_t core = 0; core < machine.core.count; ++core)
    for (std::size_t i = machine.memory.size(); i-- > 0;)
      if (is_passed(machine.memory[i]) && serves(machine.memory[i], core))
        entries_[static_cast<std::size_t>(core)] = i;
}

void check_level_paths(const Machine& machine, const Complaint& complain) {
  for (std::size_t i = 0; i < machine.memory.size(); ++i) {
    check_cores(machine, i, complain);
    check_next(machine, i, complain);
    check_host(machine, i, complain);
  }
  check_no_cycle(machine, complain);
  check_all_reached(machine, complain);
}

}  // namespace systolith
