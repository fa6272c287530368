// The steps of make_training_graph() on the forward part.
#pragma once

#include <string>

#include "models/graph/graph.h"

namespace systolith {

// Puts every BatchNormalization into training mode and binds its running mean and variance as
// states; statistics that several nodes share are copied, one for each. UserError where they are
// computed.
void enter_training_mode(Graph& graph);

struct AttachedLoss {
  std::string labels, loss;
};
// Adds a labels input and a SoftmaxCrossEntropyLoss over `logits` (or, where empty, the only
// output, before a final Softmax); the loss becomes the only output.
AttachedLoss attach_loss(Graph& graph, const std::string& logits, const std::string& reduction);

}  // namespace systolith
