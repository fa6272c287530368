// How much multiplying a node is.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

// Multiply-accumulates of the node by its op's closed form; 0 for ops without. Requires:
// infer_shapes() done.
std::int64_t node_macs(const Graph& graph, const Node& node);

}  // namespace systolith
