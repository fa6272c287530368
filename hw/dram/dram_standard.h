// A DRAM standard: the facts of one channel, from its JEDEC timing table. One file per speed grade.
#pragma once

#include "hw/arch/machine.h"
#include "hw/base/registry.h"

namespace systolith {

// What one channel is made of. A column is one bus-wide word.
struct DramGeometry {
  std::int64_t bus_bits, bank_groups, banks_per_group, rows, columns;

  constexpr Bytes capacity() const {
    return Bytes(bank_groups * banks_per_group * rows * columns * bus_bits / 8);
  }
};

struct DramStandard {
  static constexpr const char* kKind = "DRAM standard";
  using Factory = DramStandard (*)();

  Hertz clock;                // command clock, 1 / tCK
  Bytes burst;                // of one native burst
  std::int64_t burst_cycles;  // data-bus cycles of it
  // JEDEC timings in clocks: activate to read, activate to write, read latency, write latency.
  std::int64_t RCDRD, RCDWR, CL, CWL;
  DramGeometry geometry;

  DramStandardFacts facts(std::string_view name) const {
    return {std::string(name),
            clock,
            burst,
            Cycles(burst_cycles),
            Cycles(RCDRD + CL),
            Cycles(RCDWR + CWL),
            geometry.capacity()};
  }
};
template <>
const RegistrationTable<DramStandard>& registrations<DramStandard>();

}  // namespace systolith
