#include <algorithm>

#include "compiler/training/steps.h"
#include "models/ops/append.h"

namespace systolith {
namespace {

// Of a network that ends in probabilities the scores that they come from.
std::string find_logits(const Graph& graph, const std::string& wanted) {
  if (!wanted.empty()) {
    if (graph.values.count(wanted) == 0)
      user_error("the graph has no value '{}' to be the logits", wanted);
    return wanted;
  }
  if (graph.outputs.size() != 1)
    user_error("the graph has {} outputs: say which value the loss is to be taken of (logits)",
               graph.outputs.size());
  const std::string& output = graph.outputs[0];
  for (const Node& node : graph.nodes)
    if (node.outputs[0] == output && node.op == "Softmax") return node.inputs[0];
  return output;
}

}  // namespace

AttachedLoss attach_loss(Graph& graph, const std::string& wanted, const std::string& reduction) {
  if (reduction != "mean" && reduction != "sum")
    user_error("loss reduction '{}' is unknown (allowed: mean, sum)", reduction);
  const std::string logits = find_logits(graph, wanted);
  const Shape& scores = graph.values.at(logits).shape;
  if (scores.size() < 2)
    user_error("the logits '{}' are {}, must be [N, C, ...]", logits, to_string(scores));
  GraphAppender append(graph);
  AttachedLoss attached;
  attached.labels = append.fresh("labels");
  Value labels = {attached.labels, DataType::int64, scores};
  labels.shape.erase(labels.shape.begin() + 1);
  graph.inputs.push_back(labels);
  graph.values[labels.name] = labels;
  append.set_prefix("training");
  attached.loss = append.node_with_outputs("SoftmaxCrossEntropyLoss", {logits, attached.labels}, 2,
                                           {{"reduction", reduction}}, "loss")[0];
  graph.outputs = {attached.loss};
  return attached;
}

}  // namespace systolith
