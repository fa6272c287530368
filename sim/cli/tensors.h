// Between what users see (fp32 tensors in the graph's order) and what the machine holds (codes in
// physical order), for the inputs and outputs of a program.
#pragma once

#include <string>

#include "models/graph/graph.h"
#include "sim/system/simulate.h"
#include "traces/format/program.h"

namespace systolith::cli {

// Codes of every input of the program, and of the states that are given. UserError: an array is
// missing, unknown or of another shape.
TensorBytes input_codes(const ProgramHeader& header, const TensorMap& inputs);

// The real values of every output and state.
TensorMap output_values(const ProgramHeader& header, const TensorBytes& outputs);

// Inputs for a program: from `npz`, or drawn from `seed` where it is empty; and from `states`,
// where it is not empty, every state. UserError: the latter lacks one.
TensorMap program_inputs(const ProgramHeader& header, const std::string& npz,
                         const std::string& states, std::uint64_t seed);

}  // namespace systolith::cli
