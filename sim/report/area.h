// How large a machine is: its PEs, vector units and memories, from the areas of its energy table.
//
//   PE          = the largest integer and the largest float multiply-accumulate of its native
//                 formats + registers: a streamed operand, a stationary one per weight buffer (both
//                 of the widest native format; integers 8 bits), a 32-bit sum
//   memory      = its bits
//
// Left out: control, the interconnect and DMA, caches' tags, sparse weights' multiplexers, whatever
// else is on a chip (I/O, PHY, host). A first-order estimate, to compare machines with.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

struct AreaComponent {
  std::string name;  // array, vector, scratchpad, weight_scratchpad, accumulator, or a level's
  std::int64_t count = 0;  // PEs, lanes, bytes: of all cores
  std::string unit;        // of the count
  double square_mm = 0;
};

struct AreaReport {
  std::string table;
  std::vector<AreaComponent> components;
  double total_square_mm = 0;  // their sum
};

AreaReport area_of(const Machine& machine);

// For people: a table with the total last.
std::string to_text(const AreaReport& area);

}  // namespace systolith
