#include "compiler/training/training_graph.h"

#include <set>

#include "compiler/autodiff/differentiate.h"
#include "compiler/passes/graph_edit.h"
#include "compiler/remat/rematerialize.h"
#include "compiler/training/steps.h"

namespace systolith {
namespace {

// Between 13 and 14 no op's definition changed but for attributes and outputs that were added.
void raise_opset(Graph& graph) {
  if (graph.opset < 13)
    user_error("training needs opset 13 or newer, graph '{}' has {}", graph.name, graph.opset);
  if (graph.opset == 13) graph.opset = 14;
}

std::set<std::string> node_names(const Graph& graph) {
  std::set<std::string> names;
  for (const Node& node : graph.nodes) names.insert(node.name);
  return names;
}

std::vector<std::string> parameters_of(const Graph& graph, const std::string& loss,
                                       const std::vector<std::string>& chosen) {
  for (const std::string& name : chosen)
    if (is_state(graph, name)) user_error("'{}' is a running statistic, not a parameter", name);
  std::vector<std::string> parameters = chosen.empty() ? trainable_constants(graph, loss) : chosen;
  if (parameters.empty()) user_error("graph '{}' has no parameters to train", graph.name);
  return parameters;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::forward:
      return "forward";
    case Phase::backward:
      return "backward";
    case Phase::update:
      return "update";
  }
  SYSTOLITH_CHECK(false, "phase {}", static_cast<int>(phase));
}

TrainingGraph make_training_graph(Graph graph, const TrainingOptions& options) {
  const auto policy = registration<RematPolicy>(options.remat).create();
  registration<Optimizer>(options.optimizer);  // an unknown one is reported before any work
  if (!graph.states.empty())
    user_error("graph '{}' has states: it is a training graph already", graph.name);
  raise_opset(graph);
  enter_training_mode(graph);

  TrainingGraph result;
  const AttachedLoss attached = attach_loss(graph, options.logits, options.reduction);
  result.labels = attached.labels;
  result.loss = attached.loss;
  eliminate_dead(graph);  // a final Softmax, other outputs
  sort(graph);
  infer_shapes(graph);
  const std::set<std::string> forward = node_names(graph);

  const std::vector<std::string> parameters = parameters_of(graph, result.loss, options.trainable);
  DifferentiatedGraph differentiated = differentiate(std::move(graph), result.loss, parameters);
  result.gradients = std::move(differentiated.gradients);
  result.graph =
      rematerialize(std::move(differentiated.graph), differentiated.forward_nodes, *policy);
  for (const std::string& name : node_names(result.graph))
    result.phases[name] = forward.count(name) != 0 ? Phase::forward : Phase::backward;

  result.learning_rate =
      append_updates(result.graph, options.optimizer, options.settings, result.gradients);
  for (const std::string& name : node_names(result.graph))
    result.phases.emplace(name, Phase::update);
  sort(result.graph);
  infer_shapes(result.graph);
  return result;
}

}  // namespace systolith
