// Trades memory for time: activations are computed a second time instead of kept.
#pragma once

#include "compiler/remat/remat_policy.h"

namespace systolith {

// Puts copies of forward nodes ("<name>/recompute") before the first backward node that reads what
// they make, and lets the backward nodes read those, so that only what crosses the policy's
// segments lives from the forward into the backward part. Copies have only the outputs that
// somebody reads: running statistics are updated by the original alone. They compute the same from
// the same, so every result stays the same to the bit. Requires: sorted, infer_shapes() done, the
// first `forward_nodes` nodes are the forward ones; the order of the nodes is the order in which
// they will run. So is the result.
Graph rematerialize(Graph graph, std::size_t forward_nodes, const RematPolicy& policy);

}  // namespace systolith
