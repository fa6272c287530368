#include "compiler/passes/training_values.h"

#include <algorithm>

#include "compiler/passes/graph_edit.h"

namespace systolith {
namespace {

bool works_by_element(const Node& node) {
  static const std::set<std::string> ops = {"Adam", "Add", "Identity", "Momentum",
                                            "Mul",  "Sub", "Sum"};
  return ops.count(node.op) != 0;
}

std::vector<std::string> values_of(const Node& node) {
  std::vector<std::string> values = node.inputs;
  values.insert(values.end(), node.outputs.begin(), node.outputs.end());
  values.erase(std::remove(values.begin(), values.end(), ""), values.end());
  return values;
}

std::set<std::string> weights_of_convolutions(const Graph& graph) {
  std::set<std::string> weights;
  for (const Node& node : graph.nodes) {
    if (node.op == "Conv" || node.op == "ConvTranspose") weights.insert(node.inputs[1]);
    if (node.op == "ConvWeightGrad") weights.insert(node.outputs[0]);
  }
  for (std::size_t before = 0; before != weights.size();) {
    before = weights.size();
    for (const Node& node : graph.nodes) {
      if (!works_by_element(node)) continue;
      const auto values = values_of(node);
      const auto found = std::find_if(values.begin(), values.end(), [&](const std::string& value) {
        return weights.count(value) != 0;
      });
      if (found == values.end()) continue;
      const Shape& shape = shape_of(graph, *found);
      for (const std::string& value : values)
        if (shape_of(graph, value) == shape) weights.insert(value);
    }
  }
  return weights;
}

// Values that are fp32 for their own sake.
std::set<std::string> precise_values(const Graph& graph,
                                     const std::map<std::string, std::string>& phases) {
  const Uses uses(graph);
  std::set<std::string> precise = {graph.outputs.begin(), graph.outputs.end()};
  for (const StateBinding& state : graph.states) precise.insert({state.state, state.next});
  for (const auto& constant : graph.constants) precise.insert(constant.first);
  for (const auto& [name, value] : graph.values)
    if (value.shape.size() < 2) precise.insert(name);
  for (const Node& node : graph.nodes) {
    const auto phase = phases.find(node.name);
    const bool updates = phase != phases.end() && phase->second == "update";
    if (updates)
      for (const std::string& value : values_of(node)) precise.insert(value);
    if (node.op == "ReduceSum") precise.insert(node.outputs[0]);
    if (node.op != "SoftmaxCrossEntropyLoss") continue;
    precise.insert(node.outputs.begin(), node.outputs.end());
    if (uses.sole_reader(node.inputs[0]) != Uses::kNone) precise.insert(node.inputs[0]);
  }
  return precise;
}

// Whatever only moves a precise value is precise.
void spread_over_movements(const Graph& graph, std::set<std::string>& precise) {
  for (std::size_t before = 0; before != precise.size();) {
    before = precise.size();
    for (const Node& node : graph.nodes) {
      if (!is_movement(node)) continue;
      const std::string &from = node.inputs[0], &to = node.outputs[0];
      if (precise.count(from) + precise.count(to) == 1) precise.insert({from, to});
    }
  }
}

}  // namespace

TrainingValues assign_training_values(const Graph& graph, Format format,
                                      const std::map<std::string, std::string>& phases) {
  TrainingValues result;
  result.hwio = weights_of_convolutions(graph);
  std::set<std::string> precise = precise_values(graph, phases);
  precise.insert(result.hwio.begin(), result.hwio.end());
  spread_over_movements(graph, precise);
  for (const auto& [name, value] : graph.values) {
    const bool label = value.type == DataType::int64 && graph.constants.count(name) == 0 &&
                       precise.count(name) == 0;
    const Format chosen = label ? Format::int32 : precise.count(name) != 0 ? Format::fp32 : format;
    result.formats[name] = {chosen, {}};
  }
  for (const Value& input : graph.inputs)
    if (input.type == DataType::int64) result.formats[input.name] = {Format::int32, {}};
  return result;
}

}  // namespace systolith
