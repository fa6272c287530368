#include "models/ops/known_values.h"

#include "models/ops/support.h"

namespace systolith {

KnownValues::KnownValues(const Graph& graph, std::int64_t limit) : graph_(graph), limit_(limit) {
  for (const StateBinding& binding : graph.states) states_.insert(binding.state);
}

const Tensor* KnownValues::find(const std::string& name) const {
  if (states_.count(name) != 0) return nullptr;
  if (const auto found = graph_.constants.find(name); found != graph_.constants.end())
    return &found->second;
  const auto found = computed_.find(name);
  return found == computed_.end() ? nullptr : &found->second;
}

std::vector<OpInput> KnownValues::inputs_of(const Node& node) const {
  std::vector<OpInput> inputs;
  for (const std::string& name : node.inputs) {
    OpInput input;
    if (!name.empty()) input = {&graph_.values.at(name), find(name)};
    inputs.push_back(input);
  }
  return inputs;
}

bool KnownValues::visit(const Node& node) {
  const Op& op = op_of(node);
  for (const std::string& output : node.outputs)
    if (!output.empty() && elements(graph_.values.at(output).shape) > limit_) return false;

  std::vector<Tensor> shapes(node.inputs.size());  // stand-ins for inputs known by shape only
  std::vector<const Tensor*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::string& name = node.inputs[i];
    const Tensor* known = name.empty() ? nullptr : find(name);
    if (known == nullptr && !name.empty()) {
      if (!op.needs_only_shapes()) return false;
      const Value& value = graph_.values.at(name);
      shapes[i].type = value.type;
      shapes[i].shape = value.shape;
      known = &shapes[i];
    }
    inputs.push_back(known);
  }
  std::vector<Tensor> outputs = op.evaluate(node, inputs, graph_.opset);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty()) computed_[node.outputs[i]] = std::move(outputs.at(i));
  return true;
}

}  // namespace systolith
