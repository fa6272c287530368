// infer_shapes() of models/graph/graph.h; here because it needs the op table.
#include <algorithm>

#include "models/ops/known_values.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

void check_supported(const Graph& graph) {
  std::string message;
  for (const Node& node : graph.nodes)
    if (find_op(node.op) == nullptr)
      message += fmt::format("node '{}': op '{}' (opset {}) is not supported\n", node.name, node.op,
                             graph.opset);
  if (!message.empty())
    user_error("{}supported ops: {}", message, fmt::join(registered_names<Op>(), ", "));
}

void declare_inputs(Graph& graph) {
  for (const Value& input : graph.inputs) {
    for (const std::int64_t extent : input.shape)
      if (extent < 0)
        user_error("graph input '{}' has shape {}: an extent must not be negative", input.name,
                   to_string(input.shape));
    elements(input.shape);  // refuses what can't be counted
    graph.values[input.name] = input;
  }
}

void declare_constants(Graph& graph) {
  for (const auto& [name, tensor] : graph.constants) {
    const std::size_t held =
        is_floating(tensor.type) ? tensor.floats.size() : tensor.integers.size();
    if (elements(tensor.shape) != static_cast<std::int64_t>(held))
      user_error("constant '{}' of shape {} has {} values", name, to_string(tensor.shape), held);
    graph.values[name] = {name, tensor.type, tensor.shape};
  }
}

void infer_node(Graph& graph, const Node& node, const KnownValues& known) {
  const std::vector<Value> outputs = op_of(node).infer(node, known.inputs_of(node), graph.opset);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::string& name = node.outputs[i];
    if (name.empty()) continue;
    if (i >= outputs.size())
      op_error(node, "output {} ('{}') is not supported (computed here: {})", i, name,
               outputs.size());
    for (const std::int64_t extent : outputs[i].shape)
      SYSTOLITH_CHECK(extent >= 0, "node '{}' ({}) infers {}", node.name, node.op,
                      to_string(outputs[i].shape));
    elements(outputs[i].shape);  // refuses what can't be counted
    graph.values[name] = {name, outputs[i].type, outputs[i].shape};
  }
}

void check_next_states(const Graph& graph) {
  for (const auto& [state, next] : graph.states) {
    const Value &before = graph.values.at(state), &after = graph.values.at(next);
    if (before.type != after.type || before.shape != after.shape)
      user_error("state '{}' is {} {}, but its next value '{}' is {} {}", state,
                 to_string(before.type), to_string(before.shape), next, to_string(after.type),
                 to_string(after.shape));
  }
}

}  // namespace

void infer_shapes(Graph& graph) {
  check_supported(graph);
  graph.values.clear();
  declare_inputs(graph);
  declare_constants(graph);
  KnownValues known(graph);
  for (const Node& node : graph.nodes) {
    infer_node(graph, node, known);
    known.visit(node);
  }
  check_next_states(graph);
}

}  // namespace systolith
