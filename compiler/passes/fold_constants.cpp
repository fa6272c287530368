#include <algorithm>

#include "compiler/passes/graph_edit.h"
#include "compiler/passes/passes.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

// Computes the node if all that it needs is known; its outputs become constants. Not what
// dequantises: the codes are what the machine computes with.
bool fold(Graph& graph, const Node& node) {
  if (node.op == "DequantizeLinear") return false;
  const Op& op = op_of(node);
  std::vector<Tensor> shapes(node.inputs.size());  // stand-ins for inputs known by shape only
  std::vector<const Tensor*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::string& name = node.inputs[i];
    const Tensor* known = name.empty() ? nullptr : find_constant(graph, name);
    if (known == nullptr && !name.empty()) {
      if (!op.needs_only_shapes()) return false;
      const Value& value = graph.values.at(name);
      shapes[i].type = value.type;
      shapes[i].shape = value.shape;
      known = &shapes[i];
    }
    inputs.push_back(known);
  }
  std::vector<Tensor> outputs = op.evaluate(node, inputs, graph.opset);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty()) add_constant(graph, node.outputs[i], std::move(outputs.at(i)));
  return true;
}

bool passes_through(const Node& node, const Uses& uses) {
  if (node.op == "Identity") return true;
  if (node.op != "Dropout") return false;
  return node.outputs.size() == 1 || node.outputs[1].empty() ||
         (uses.readers(node.outputs[1]).empty() && !uses.is_output(node.outputs[1]));
}

// Readers of a passed-through value read its source. A graph output keeps its name: its source
// takes it over, or where it can't (a graph input, another output) the node stays as an Identity.
void drop_pass_through(Graph& graph) {
  const Uses uses(graph);
  std::map<std::string, std::string> renamed;
  const auto source = [&](std::string name) {
    for (auto it = renamed.find(name); it != renamed.end(); it = renamed.find(name))
      name = it->second;
    return name;
  };
  std::vector<Node> kept;
  for (Node& node : graph.nodes) {
    if (!passes_through(node, uses)) {
      kept.push_back(std::move(node));
      continue;
    }
    const std::string& output = node.outputs[0];
    const std::string input = source(node.inputs[0]);
    if (!uses.is_output(output)) {
      renamed[output] = input;
    } else if (uses.producer(input) != Uses::kNone && !uses.is_output(input)) {
      renamed[input] = output;
    } else {
      kept.push_back({node.name, "Identity", {input}, {output}, {}});
    }
  }
  for (Node& node : kept) {
    for (std::string& name : node.inputs) name = source(name);
    for (std::string& name : node.outputs) name = source(name);
  }
  graph.nodes = std::move(kept);
}

}  // namespace

Graph fold_constants(Graph graph) {
  std::vector<Node> nodes = std::move(graph.nodes);
  graph.nodes.clear();
  for (Node& node : nodes)
    if (!fold(graph, node)) graph.nodes.push_back(std::move(node));
  drop_pass_through(graph);
  eliminate_dead(graph);
  return graph;
}

}  // namespace systolith
