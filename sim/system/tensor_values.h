// Between what users see (fp32 tensors in the graph's order) and what the machine holds (codes in
// physical order), for the inputs, outputs and states of a program.
#pragma once

#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "sim/system/simulate.h"
#include "traces/format/program.h"

namespace systolith {

std::vector<const ProgramTensor*> tensors_of(const ProgramHeader& header, TensorRole role);

// Codes of every input of the program, and of the states that are given. UserError, beginning with
// `origin` ("--inputs"): an array is missing, unknown or of another shape.
TensorBytes input_codes(const ProgramHeader& header, const TensorMap& inputs,
                        const std::string& origin);

// The real values of every output and state.
TensorMap output_values(const ProgramHeader& header, const TensorBytes& outputs);

// UserError where a program has weights but not their values: `path` names it.
void require_values(const ProgramHeader& header, const std::string& path);

}  // namespace systolith
