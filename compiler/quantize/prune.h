// Weights pruned to N:M structured sparsity (hw/arith/sparsity.h).
#pragma once

#include "hw/arith/sparsity.h"
#include "models/graph/graph.h"

namespace systolith {

// Of every m consecutive input channels of a tap, the n weights of largest magnitude stay, of equal
// ones the first; the others become 0. Convolutions whose groups' input channels m does not divide
// stay as they are (of a network's first layer it mostly does not). Requires: canonical.
Graph prune(Graph graph, Sparsity sparsity);

}  // namespace systolith
