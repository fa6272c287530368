// The reference run, value by value as they appear.
#pragma once

#include <functional>
#include <string>

#include "models/graph/graph.h"

namespace systolith {

// Runs the graph on `inputs` and shows every node's outputs to `observe` as soon as they are
// computed; only values still to be read stay in memory. Returns the graph's outputs.
// Requires: sorted, infer_shapes() done. UserError where `inputs` aren't the graph's.
using Observer = std::function<void(const std::string& name, const Tensor& value)>;
TensorMap evaluate_observed(const Graph& graph, const TensorMap& inputs, const Observer& observe);

}  // namespace systolith
