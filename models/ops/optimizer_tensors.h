// The operand lists of ONNX's training operators: R, T, then for n tensors all X, all G, all of
// each further state; the outputs are the new X and the new states in the same order.
#pragma once

#include "models/ops/support.h"

namespace systolith {

// How many tensors the node updates, with `states` states each. UserError unless R is a float32
// and T an int64 scalar (or one element) and all of a tensor's operands have its shape.
std::size_t updated_tensors(const Node& node, const std::vector<OpInput>& inputs,
                            std::size_t states);

// The outputs' types and shapes: those of the X and of the states.
std::vector<Value> updated_values(const Node& node, const std::vector<OpInput>& inputs,
                                  std::size_t states);

// As UserError: a required float attribute.
float required_float(const Node& node, const std::string& name);

}  // namespace systolith
