// A DRAM standard: one rank of one (pseudo) channel, and its timing as a table. One file per speed
// grade.
#pragma once

#include "hw/arch/machine.h"
#include "hw/base/registry.h"
#include "hw/dram/dram_power.h"
#include "hw/dram/timing_rules.h"

namespace systolith {

// What one rank is made of, seen from the bus. A column is one word of the bus.
struct DramGeometry {
  std::int64_t bus_bits, bank_groups, banks_per_group, rows, columns;
};

struct DramStandard {
  static constexpr const char* kKind = "DRAM standard";
  using Factory = DramStandard (*)();

  Hertz clock;                // command clock, 1 / tCK
  std::int64_t burst_length;  // words
  std::int64_t burst_cycles;  // data-bus clocks of them
  DramGeometry geometry;
  DramTimings timings;
  DramPower power;
  CommandClocks command_clocks = {};
  bool two_command_buses = false;  // rows and columns have a command bus each
  // A refresh of one bank is that of the banks of its number in every group.
  bool refreshes_a_bank_of_every_group = false;
  std::vector<TimingRule> (*rules)(const DramTimings& timings, Cycles burst) = jedec_rules;

  // Of one rank.
  DramPrices prices() const;
  DramStandardFacts facts(std::string_view name) const;
};
template <>
const RegistrationTable<DramStandard>& registrations<DramStandard>();

}  // namespace systolith
