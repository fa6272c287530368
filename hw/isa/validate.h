// Whether an operation makes sense by itself: fields in range, enumerations known, blocks dividing
// the tile, sizes that can be multiplied out. What depends on the machine (capacities) is the
// simulator's to check; what depends on the program (references) is traces/format's.
#pragma once

#include <optional>
#include <string>

#include "hw/isa/command.h"

namespace systolith {

// What is wrong, as "matmul: rows = 0 (allowed: 1 to 2147483647)"; nothing where all is well.
std::optional<std::string> defect_of(const Operation& operation);

}  // namespace systolith
