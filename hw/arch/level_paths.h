// How a core's requests to DRAM pass through levels on the way: each core enters at the first level
// of the list that is passed through and has the core among its own; from a level they go on to its
// `next`.
//
//   core 0 ──► l1_0 ──┐
//                     ├──► l2 ──► dram
//   core 1 ──► l1_1 ──┘
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/arch/machine_rules.h"

namespace systolith {

// Programs name addresses in it; other kinds are on the way to DRAM.
bool is_addressed(const LevelConfig& level);
// Inputs and outputs of networks are there.
bool is_host(const LevelConfig& level);
// Whether the core's requests come to the level. Cores as in `core.count`.
bool serves(const LevelConfig& level, std::int64_t core);

// Of the cores' DMA engines and of caches; none spans two channels.
Bytes largest_request(const Machine& machine);

class LevelPaths {
 public:
  explicit LevelPaths(const Machine& machine);

  // Indices into Machine::memory; nothing: DRAM.
  std::optional<std::size_t> entry(std::int64_t core) const {
    return entries_[static_cast<std::size_t>(core)];
  }
  std::optional<std::size_t> next(std::size_t level) const { return next_[level]; }

 private:
  std::vector<std::optional<std::size_t>> entries_;  // by core
  std::vector<std::optional<std::size_t>> next_;     // by level
};

void check_level_paths(const Machine& machine, const Complaint& complain);

}  // namespace systolith
