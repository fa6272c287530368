// From a network for inference to one step of its training, as a graph.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/optimizer/optimizer.h"
#include "models/graph/graph.h"

namespace systolith {

// The part of a training step that a node belongs to. What is computed again for the backward part
// belongs to that.
enum class Phase : std::uint8_t { forward, backward, update };
std::string_view to_string(Phase phase);

struct TrainingOptions {
  std::string logits;  // [N, C, ...] scores; where empty the only output, before a final Softmax
  std::string reduction = "mean";  // of SoftmaxCrossEntropyLoss: mean or sum
  // Float constants; where empty all of at least one dimension that the loss depends on.
  std::vector<std::string> trainable;
  std::string optimizer = "momentum";
  OptimizerSettings settings;
  std::string remat = "keep_all";
};

struct TrainingGraph {
  // Inputs: the network's and the labels. Output: the loss. States: parameters, running statistics,
  // the optimiser's. The nodes are in the order in which they are to run.
  Graph graph;
  std::string labels;                            // int64 class numbers [N, ...]
  std::string loss;                              // float32 scalar
  std::string learning_rate;                     // the constant that all updates read
  std::map<std::string, std::string> gradients;  // parameter -> value that is its gradient
  std::map<std::string, Phase> phases;           // by node name
};

// Requires: sorted, infer_shapes() done; so is the result. BatchNormalization goes into training
// mode; Dropout stays the identity. Opset 13 becomes 14, the first with training mode. UserError:
// an older opset, no single output to take as logits, an unknown optimizer or policy, and what
// differentiate() refuses.
TrainingGraph make_training_graph(Graph forward, const TrainingOptions& options);

}  // namespace systolith
