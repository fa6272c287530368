// The cores that programs and tenants count: a machine's cores or, where their arrays are divided,
// the sub-arrays, each with its share of its core. Of n sub-arrays, those of core i are the logical
// cores i n to i n + n - 1, in the order of the description.
#pragma once

#include "hw/arch/machine.h"

namespace systolith {

struct LogicalCore {
  std::string number;  // "1"; of a sub-array "1.0"
  CoreConfig config;   // of it alone: not divided any more, its port's width given
};

std::int64_t logical_core_count(const Machine& machine);
// `number`: from 0 on. Requires: there is one.
LogicalCore logical_core(const Machine& machine, std::int64_t number);
std::vector<LogicalCore> logical_cores(const Machine& machine);

// PEs of all of them: those of no sub-array do not count.
std::int64_t processing_elements(const Machine& machine);

// Whether programs and times of the two are the same but for the way to their array: the same array
// and the same shares.
bool alike(const CoreConfig& a, const CoreConfig& b);

// The machine as one with just these logical cores. Requires: at least one, all alike.
Machine machine_of_cores(const Machine& machine, const std::vector<std::int64_t>& cores);

// The machine with all of its logical cores: what a program for all of it is compiled for. Throws
// UserError where they are not alike.
Machine logical_machine(const Machine& machine);

}  // namespace systolith
