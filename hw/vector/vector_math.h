// The arithmetic of the vector unit, rule by rule as hw/isa/command.h (VectorOp) and
// hw/arith/epilogue.h define it. Plain C++, no SystemC.
#pragma once

#include "hw/isa/command.h"

namespace systolith {

struct VectorMemory {
  std::uint8_t* scratchpad = nullptr;
  std::uint32_t* accumulators = nullptr;  // row 0
  std::int64_t accumulator_cols = 0;
};

// Carries the operation out. Requires: within bounds (hw/vector/vector_access.h).
void run_vector(const VectorOp& op, const VectorMemory& memory);

}  // namespace systolith
