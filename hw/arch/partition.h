// Which part of a machine each tenant has. A plain run has one tenant with all of it.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

// A contiguous part of a memory; a tenant's own addresses begin at 0 and end with `size`.
struct Region {
  std::uint64_t base = 0;
  Bytes size;
};

constexpr bool overlap(const Region& a, const Region& b) {
  return a.base < b.base + static_cast<std::uint64_t>(b.size.count()) &&
         b.base < a.base + static_cast<std::uint64_t>(a.size.count());
}

constexpr std::int64_t kWholeShare = 1000;  // shares are parts per thousand

struct TenantPart {
  std::string name;
  std::vector<std::int64_t> cores;     // logical ones, all alike; the tenant's own i is cores[i]
  Region scratchpad;                   // of each of its cores
  Region weight_scratchpad;            // of each, where weights have one
  std::vector<std::int64_t> channels;  // of DRAM; its addresses interleave over these
  Region dram;                         // of each of its channels
  std::vector<Region> levels;          // of each shared level
  // Of the bandwidth of its channels and of the levels, under strict isolation: whoever else is
  // there, it has that much and no more.
  std::int64_t dram_share = kWholeShare, level_share = kWholeShare;
};

struct Partition {
  std::vector<TenantPart> parts;  // by tenant
  // Nobody's timing depends on the others: what tenants share is divided in time by fixed shares.
  bool strict = false;
};

// Requires: its logical cores are alike.
Partition whole_machine(const Machine& machine);

// DRAM and a level as a tenant with `share` of their bandwidth sees them. Of DRAM, bursts and
// activates come that much more seldom; how long one of them takes stays.
DramConfig sliced(DramConfig dram, std::int64_t share);
LevelConfig sliced(LevelConfig level, std::int64_t share);

// The machine that the tenant's programs are compiled for: its part, as a machine of its own.
Machine machine_of(const Machine& machine, const Partition& partition, std::size_t tenant);

}  // namespace systolith
