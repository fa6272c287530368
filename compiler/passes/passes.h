// Graph to graph. Every pass takes a sorted graph with inferred shapes and returns one, computing
// the same outputs (up to fp32 rounding); names of nodes and of graph inputs and outputs stay.
#pragma once

#include <string>

#include "models/graph/graph.h"

namespace systolith {

// Evaluates what depends on constants and shapes only; drops Identity, Dropout and dead nodes.
Graph fold_constants(Graph graph);

// Of a model that is quantised already (quantized_node): its values become real numbers, those that
// it stores as codes get their encoding (Graph::encodings), and products know their weights' scales
// and their bias's codes (canonical.h). QuantizeLinear and DequantizeLinear disappear into the
// values that they make; one that stays has one input and rounds it into its output's encoding, or
// reads an input's codes by another scale. Any other graph is returned as it is. Requires:
// constants folded. UserError names a node that the int8 machine cannot run as the model says.
Graph adopt_quantization(Graph graph);
// The first node of a quantised operator; null where there is none.
const Node* quantized_node(const Graph& graph);

// Fewer ops in one form each: matrix products with constant right operands become convolutions
// (over the whole image where they follow a Flatten or Reshape, so that no layout changes), global
// pools and means become pools, pads are explicit, Pad joins a following convolution, Sub and Div
// by constants become Add and Mul, Sum becomes Adds, Squeeze/Unsqueeze/Flatten become Reshape, a
// Concat of an earlier one's operands and more takes the earlier one's result.
// Afterwards: Conv, Add, Sub, Mul, activations, pools, Concat, LRN, Softmax, data movement and
// BatchNormalization. UserError names a node that the machine has no way to run.
Graph canonicalize(Graph graph);

// BatchNormalization and per-channel constant Mul and Add join the convolution before them; a
// BatchNormalization without one becomes a 1x1 depthwise convolution. Requires: canonical. Graphs
// with encodings stay as they are: their weights' codes are given.
Graph fold_batch_norm(Graph graph);

// One node a line with its outputs' shapes: what --dump prints.
std::string to_text(const Graph& graph);

}  // namespace systolith
