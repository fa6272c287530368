// A core's array divided into rectangles: what may stand in `core.array.partition`, and what share
// of the core each has (docs/rationale/tenancy.md).
//
//   share             given, or rows x cols of the sub-array / rows x cols of the array; 1/2, 1/4
//   ... x share           scratchpad capacity and banks, vector lanes, DMA channels and bursts in
//                     flight, ports' width
//   x rows / rows     accumulator banks and depth; of its own columns
//
// Every product is a whole number, or the machine is refused. Shares of a core sum to at most 1.
#pragma once

#include "hw/arch/machine.h"
#include "hw/arch/machine_rules.h"

namespace systolith {

// An even grid, "2x1": so many sub-arrays down and across, row by row; "1x1" is an array that is
// not divided. Throws UserError where it does not divide the array.
std::vector<SubArray> parse_grid(const std::string& text, const ArrayConfig& array);

// Which share of its core the sub-array has: 1 / this.
std::int64_t share_divisor(const SubArray& part, const ArrayConfig& array);

// A sub-array with its share of `core`, as a core. Requires: the rules below hold.
CoreConfig sub_core(const CoreConfig& core, const SubArray& part);

// Calls `complain` with the first rule that is broken: sub-arrays outside the array, two that
// overlap, shares of more than the core or that are no whole number of something.
void check_sub_arrays(const Machine& machine, const Complaint& complain);

}  // namespace systolith
