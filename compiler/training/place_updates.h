// Where in a training step parameters are updated.
#pragma once

#include <map>

#include "compiler/training/training_graph.h"

namespace systolith {

// Moves every node of the update to right behind the last node that it depends on, and that reads a
// state which it replaces, so that gradients need not wait for the end of the backward part.
// Requires: sorted; so is the result. `phases`: by node name.
void place_updates(Graph& graph, const std::map<std::string, Phase>& phases);

}  // namespace systolith
