#include "models/ops/append.h"

#include "models/ops/op.h"

namespace systolith {

GraphAppender::GraphAppender(Graph& graph) : graph_(graph) {
  for (const Node& node : graph.nodes) nodes_.insert(node.name);
}

const Shape& GraphAppender::shape(const std::string& value) const {
  const auto found = graph_.values.find(value);
  SYSTOLITH_CHECK(found != graph_.values.end(), "value '{}' has no shape", value);
  return found->second.shape;
}

std::string GraphAppender::fresh(const std::string& name) const {
  const auto taken = [&](const std::string& candidate) {
    return nodes_.count(candidate) != 0 || graph_.values.count(candidate) != 0;
  };
  std::string result = name;
  for (int i = 1; taken(result); ++i) result = fmt::format("{}_{}", name, i);
  return result;
}

std::vector<std::string> GraphAppender::node_with_outputs(
    const std::string& op, const std::vector<std::string>& inputs, std::size_t outputs,
    const std::map<std::string, Attribute>& attributes, const std::string& name) {
  Node made{fresh(prefix_ + "/" + (name.empty() ? op : name)), op, inputs, {}, attributes};
  made.outputs.push_back(made.name);
  for (std::size_t i = 1; i < outputs; ++i)
    made.outputs.push_back(fresh(fmt::format("{}:{}", made.name, i)));
  std::vector<OpInput> seen;
  for (const std::string& input : inputs) {
    OpInput operand;
    if (!input.empty()) operand.value = &graph_.values.at(input);
    if (const auto found = graph_.constants.find(input);
        found != graph_.constants.end() && !is_state(graph_, input))
      operand.constant = &found->second;
    seen.push_back(operand);
  }
  std::vector<Value> inferred = op_of(made).infer(made, seen, graph_.opset);
  for (std::size_t i = 0; i < outputs; ++i) {
    inferred.at(i).name = made.outputs[i];
    graph_.values[made.outputs[i]] = std::move(inferred[i]);
  }
  nodes_.insert(made.name);
  graph_.nodes.push_back(made);
  return made.outputs;
}

std::string GraphAppender::node(const std::string& op, const std::vector<std::string>& inputs,
                                const std::map<std::string, Attribute>& attributes,
                                const std::string& name) {
  return node_with_outputs(op, inputs, 1, attributes, name).front();
}

std::string GraphAppender::constant(const std::string& name, Tensor tensor) {
  const std::string chosen = fresh(prefix_ + "/" + name);
  graph_.values[chosen] = {chosen, tensor.type, tensor.shape};
  graph_.constants[chosen] = std::move(tensor);
  return chosen;
}

std::string GraphAppender::scalar(const std::string& name, float value) {
  return constant(name, {DataType::float32, {}, {value}, {}});
}

std::string GraphAppender::integers(const std::string& name,
                                    const std::vector<std::int64_t>& values) {
  return constant(name, {DataType::int64, {static_cast<std::int64_t>(values.size())}, {}, values});
}

std::string GraphAppender::reshaped(const std::string& value, const Shape& to) {
  if (shape(value) == to) return value;
  return node("Reshape", {value, integers("shape", to)});
}

std::string GraphAppender::summed(const std::string& value, const std::vector<std::int64_t>& axes) {
  if (axes.empty()) return value;
  if (graph_.opset < 13) return node("ReduceSum", {value}, {{"axes", axes}});
  return node("ReduceSum", {value, integers("axes", axes)});
}

std::string GraphAppender::summed_to(const std::string& value, const Shape& to) {
  const Shape& from = shape(value);
  const std::size_t missing = from.size() - to.size();
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    if (from[axis] != (axis < missing ? 1 : to[axis - missing]))
      axes.push_back(static_cast<std::int64_t>(axis));
  return reshaped(summed(value, axes), to);
}

std::string GraphAppender::scaled(const std::string& value, float factor) {
  if (factor == 1) return value;
  return node("Mul", {value, scalar("factor", factor)});
}

}  // namespace systolith
