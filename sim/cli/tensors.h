// Where the inputs of a program come from.
#pragma once

#include <string>

#include "models/graph/graph.h"
#include "traces/format/program.h"

namespace systolith::cli {

// Inputs for a program: from `npz`, or drawn from `seed` where it is empty; and from `states`,
// where it is not empty, every state. UserError: the latter lacks one.
TensorMap program_inputs(const ProgramHeader& header, const std::string& npz,
                         const std::string& states, std::uint64_t seed);

}  // namespace systolith::cli
