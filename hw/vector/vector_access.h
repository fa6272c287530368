// Where a vector operation reads and writes: bounds and scratchpad words. Plain C++, no SystemC.
#pragma once

#include "hw/isa/command.h"

namespace systolith {

struct VectorLimits {
  Bytes scratchpad;
  std::int64_t accumulator_rows = 0, accumulator_cols = 0;
};

// Throws UserError naming the command, the operand, the address and the limit.
void check_vector(const Command& command, const VectorOp& op, const VectorLimits& limits);

struct VectorWords {
  // Scratchpad words of `width` bytes. Read are, too, those of which a half byte is written.
  std::int64_t read = 0, written = 0;
  std::int64_t accumulator = 0;  // accumulator words read or written
};
VectorWords vector_words(const VectorOp& op, Bytes width);

}  // namespace systolith
