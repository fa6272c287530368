// What a graph holds in memory while its nodes run in their order.
#pragma once

#include <vector>

#include "hw/base/units.h"
#include "models/graph/graph.h"

namespace systolith {

Bytes bytes_of(const Value& value);

// For every node, the bytes of the values that live while it runs: those that nodes make, from the
// node that makes them to the last that reads them, graph outputs to the end. Not counted: graph
// inputs, constants and states, which are there all the time, and the states' next values, which
// take the states' place. Requires: infer_shapes() done.
std::vector<Bytes> live_bytes(const Graph& graph);
// The most of them; 0 where there are no nodes.
Bytes peak_live_bytes(const Graph& graph);

// For every cut before forward node i (0 to `forward_nodes`), the bytes of the values that nodes
// before it make and forward nodes behind it read.
std::vector<Bytes> crossing_bytes(const Graph& graph, std::size_t forward_nodes);

}  // namespace systolith
