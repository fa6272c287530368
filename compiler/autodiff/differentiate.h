// Reverse-mode differentiation of a graph, by the ops' own gradient rules (models/ops/op.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/graph/graph.h"

namespace systolith {

struct DifferentiatedGraph {
  Graph graph;                                   // the forward nodes, then the backward ones
  std::size_t forward_nodes = 0;                 // how many of graph.nodes are the forward ones
  std::map<std::string, std::string> gradients;  // parameter -> value that is its gradient
};

// Appends to the graph the nodes that compute the gradient of `loss`, a scalar, with respect to
// every parameter: float constants or graph inputs. The nodes are visited last to first. A value
// read more than once gets the sum of its readers' gradients, added in that order, and within a
// node in the order of its operands. Nodes that no parameter reaches get no gradient; nothing flows
// back through values other than float32.
// Requires: sorted, infer_shapes() done; so is the result. UserError: loss or parameter unknown or
// of another type, parameters that the loss doesn't depend on, and in one message all the nodes
// that have no gradient.
DifferentiatedGraph differentiate(Graph graph, const std::string& loss,
                                  const std::vector<std::string>& parameters);

// The float constants of at least one dimension that the loss depends on through float values, by
// name: what a network can learn. Scalars are settings, not parameters; nor are states.
std::vector<std::string> trainable_constants(const Graph& graph, const std::string& loss);

}  // namespace systolith
