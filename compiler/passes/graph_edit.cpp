#include "compiler/passes/graph_edit.h"

#include <algorithm>

namespace systolith {

Uses::Uses(const Graph& graph) : outputs_(graph.outputs.begin(), graph.outputs.end()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const std::string& output : graph.nodes[i].outputs) producers_[output] = i;
    for (const std::string& input : graph.nodes[i].inputs) readers_[input].push_back(i);
  }
  for (const StateBinding& binding : graph.states) outputs_.insert(binding.next);
}

std::size_t Uses::producer(const std::string& value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? kNone : found->second;
}

const std::vector<std::size_t>& Uses::readers(const std::string& value) const {
  static const std::vector<std::size_t> nobody;
  const auto found = readers_.find(value);
  return found == readers_.end() ? nobody : found->second;
}

std::size_t Uses::sole_reader(const std::string& value) const {
  const auto& all = readers(value);
  return all.size() == 1 && !is_output(value) ? all[0] : kNone;
}

const Shape& shape_of(const Graph& graph, const std::string& value) {
  const auto found = graph.values.find(value);
  SYSTOLITH_CHECK(found != graph.values.end(), "value '{}' has no shape", value);
  return found->second.shape;
}

const Tensor* find_constant(const Graph& graph, const std::string& value) {
  const auto found = graph.constants.find(value);
  return found == graph.constants.end() || is_state(graph, value) ? nullptr : &found->second;
}

void add_constant(Graph& graph, const std::string& name, Tensor tensor) {
  graph.values[name] = {name, tensor.type, tensor.shape};
  const bool added = graph.constants.emplace(name, std::move(tensor)).second;
  SYSTOLITH_CHECK(added, "constant '{}' exists already", name);
}

void declare(Graph& graph, const std::string& name, const Shape& shape) {
  graph.values[name] = {name, DataType::float32, shape};
}

Tensor float_tensor(Shape shape, std::vector<float> values) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.floats = std::move(values);
  return tensor;
}

Tensor integer_tensor(const std::vector<std::int64_t>& values) {
  Tensor tensor;
  tensor.type = DataType::int64;
  tensor.shape = {static_cast<std::int64_t>(values.size())};
  tensor.integers = values;
  return tensor;
}

void eliminate_dead(Graph& graph) {
  std::set<std::string> live(graph.outputs.begin(), graph.outputs.end());
  for (const auto& [state, next] : graph.states) live.insert({state, next});
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto used = [&](const std::string& output) { return live.count(output) != 0; };
    if (std::none_of(node->outputs.begin(), node->outputs.end(), used)) continue;
    live.insert(node->inputs.begin(), node->inputs.end());
    live.insert(node->outputs.begin(), node->outputs.end());
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  for (const Value& input : graph.inputs) live.insert(input.name);
  for (auto it = graph.constants.begin(); it != graph.constants.end();)
    it = live.count(it->first) != 0 ? std::next(it) : graph.constants.erase(it);
  for (auto it = graph.values.begin(); it != graph.values.end();)
    it = live.count(it->first) != 0 ? std::next(it) : graph.values.erase(it);
}

}  // namespace systolith
