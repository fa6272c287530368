// evaluate() of models/graph/graph.h; here because it needs the op table.
#include "models/ops/evaluate.h"

#include <algorithm>
#include <set>

#include "models/ops/support.h"

namespace systolith {
namespace {

void check_inputs(const Graph& graph, const TensorMap& inputs) {
  for (const Value& expected : graph.inputs) {
    const auto given = inputs.find(expected.name);
    if (given == inputs.end()) user_error("no value given for graph input '{}'", expected.name);
    if (given->second.type != expected.type || given->second.shape != expected.shape)
      user_error("graph input '{}' is {} {}, but was given {} {}", expected.name,
                 to_string(expected.type), to_string(expected.shape), to_string(given->second.type),
                 to_string(given->second.shape));
  }
  for (const auto& [name, value] : inputs) {
    const auto same = [&, &wanted = name](const Value& input) { return input.name == wanted; };
    if (std::none_of(graph.inputs.begin(), graph.inputs.end(), same))
      user_error("the graph has no input '{}'", name);
  }
}

// The values alive at some point of the run.
class Environment {
 public:
  Environment(const Graph& graph, const TensorMap& inputs) : graph_(graph), inputs_(inputs) {
    for (const Node& node : graph.nodes)
      for (const std::string& input : node.inputs) ++reads_left_[input];
    for (const std::string& output : graph.outputs) ++reads_left_[output];
  }

  const Tensor& at(const std::string& name) const {
    if (const auto found = computed_.find(name); found != computed_.end()) return found->second;
    if (const auto found = graph_.constants.find(name); found != graph_.constants.end())
      return found->second;
    return inputs_.at(name);
  }

  void put(const std::string& name, Tensor value) {
    if (reads_left_.count(name) != 0) computed_.insert_or_assign(name, std::move(value));
  }

  void read(const std::string& name) {
    if (--reads_left_.at(name) == 0) computed_.erase(name);
  }

 private:
  const Graph& graph_;
  const TensorMap& inputs_;
  TensorMap computed_;
  std::map<std::string, std::int64_t> reads_left_;
};

void run_node(const Graph& graph, const Node& node, Environment& environment,
              const Observer& observe) {
  std::vector<const Tensor*> inputs;
  for (const std::string& name : node.inputs)
    inputs.push_back(name.empty() ? nullptr : &environment.at(name));
  std::vector<Tensor> outputs = op_of(node).evaluate(node, inputs, graph.opset);
  for (const std::string& name : node.inputs) environment.read(name);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::string& name = node.outputs[i];
    if (name.empty()) continue;
    SYSTOLITH_CHECK(outputs.at(i).shape == graph.values.at(name).shape,
                    "node '{}' ({}) computed {} where {} was inferred", node.name, node.op,
                    to_string(outputs[i].shape), to_string(graph.values.at(name).shape));
    if (observe) observe(name, outputs[i]);
    environment.put(name, std::move(outputs[i]));
  }
}

}  // namespace

TensorMap evaluate_observed(const Graph& graph, const TensorMap& inputs, const Observer& observe) {
  check_inputs(graph, inputs);
  Environment environment(graph, inputs);
  for (const Node& node : graph.nodes) run_node(graph, node, environment, observe);
  TensorMap results;
  for (const std::string& output : graph.outputs) results[output] = environment.at(output);
  return results;
}

TensorMap evaluate(const Graph& graph, const TensorMap& inputs,
                   const std::vector<std::string>& keep) {
  const std::set<std::string> wanted(keep.begin(), keep.end());
  for (const std::string& name : wanted)
    if (name != "*" && graph.values.count(name) == 0)
      user_error("the graph has no value '{}' to keep", name);
  const bool all = wanted.count("*") != 0;
  TensorMap kept;
  const auto observe = [&](const std::string& name, const Tensor& value) {
    if (all || wanted.count(name) != 0) kept[name] = value;
  };
  TensorMap results = evaluate_observed(graph, inputs, keep.empty() ? Observer() : observe);
  for (const std::string& name : wanted) {  // those that no node computes
    if (const auto given = inputs.find(name); given != inputs.end()) kept.insert(*given);
    if (const auto known = graph.constants.find(name); known != graph.constants.end())
      kept.insert(*known);
  }
  kept.merge(results);
  return kept;
}

TensorMap run_step(Graph& graph, const TensorMap& inputs, const std::vector<std::string>& keep) {
  TensorMap next;
  std::set<std::string> wanted;
  for (const StateBinding& binding : graph.states) wanted.insert(binding.next);
  std::vector<std::string> all_kept(keep);
  all_kept.insert(all_kept.end(), wanted.begin(), wanted.end());
  TensorMap results = evaluate(graph, inputs, all_kept);
  // All are read before any is replaced: one state may become another's value.
  for (const auto& [state, value] : graph.states) next[state] = results.at(value);
  for (auto& [state, value] : next) graph.constants[state] = std::move(value);
  const std::set<std::string> asked(keep.begin(), keep.end());
  const std::set<std::string> outputs(graph.outputs.begin(), graph.outputs.end());
  if (asked.count("*") == 0)
    for (const std::string& name : wanted)
      if (asked.count(name) + outputs.count(name) == 0) results.erase(name);
  return results;
}

}  // namespace systolith
