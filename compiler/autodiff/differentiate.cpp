#include "compiler/autodiff/differentiate.h"

#include <algorithm>
#include <set>

#include "models/ops/gradient.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

bool is_float(const Graph& graph, const std::string& value) {
  return !value.empty() && graph.values.at(value).type == DataType::float32;
}

// Every float value that one of the parameters reaches through float values.
std::set<std::string> reached_from(const Graph& graph, const std::vector<std::string>& parameters) {
  std::set<std::string> reached(parameters.begin(), parameters.end());
  for (const Node& node : graph.nodes) {
    const auto is_reached = [&](const std::string& input) { return reached.count(input) != 0; };
    if (std::none_of(node.inputs.begin(), node.inputs.end(), is_reached)) continue;
    for (const std::string& output : node.outputs)
      if (is_float(graph, output)) reached.insert(output);
  }
  return reached;
}

// Every float value that the loss is computed from through float values.
std::set<std::string> reaching(const Graph& graph, const std::string& loss) {
  std::set<std::string> reached = {loss};
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto is_reached = [&](const std::string& output) { return reached.count(output) != 0; };
    if (std::none_of(node->outputs.begin(), node->outputs.end(), is_reached)) continue;
    for (const std::string& input : node->inputs)
      if (is_float(graph, input)) reached.insert(input);
  }
  return reached;
}

void check_arguments(const Graph& graph, const std::string& loss,
                     const std::vector<std::string>& parameters) {
  const auto found = graph.values.find(loss);
  if (found == graph.values.end()) user_error("the graph has no value '{}' to be the loss", loss);
  if (found->second.type != DataType::float32 || elements(found->second.shape) != 1)
    user_error("the loss '{}' is {} {}, must be a float32 scalar", loss,
               to_string(found->second.type), to_string(found->second.shape));
  for (const std::string& name : parameters) {
    const auto input = [&](const Value& value) { return value.name == name; };
    if (graph.constants.count(name) == 0 &&
        std::none_of(graph.inputs.begin(), graph.inputs.end(), input))
      user_error("parameter '{}' is neither a constant nor an input of the graph", name);
    if (!is_float(graph, name))
      user_error("parameter '{}' is {}, must be float32", name,
                 to_string(graph.values.at(name).type));
  }
  const std::set<std::string> used = reaching(graph, loss);
  std::vector<std::string> unused;
  for (const std::string& name : parameters)
    if (used.count(name) == 0) unused.push_back(fmt::format("'{}'", name));
  if (!unused.empty())
    user_error("the loss '{}' does not depend on {}", loss, fmt::join(unused, ", "));
}

class Differentiator {
 public:
  Differentiator(Graph& graph, const std::vector<std::string>& parameters)
      : graph_(graph), append_(graph), wanted_(reached_from(graph, parameters)) {}

  void run(const std::string& loss) {
    append_.set_prefix(loss + "/grad");
    const Shape& shape = append_.shape(loss);
    const auto count = static_cast<std::size_t>(elements(shape));
    arrived_[loss] = {
        append_.constant("one", {DataType::float32, shape, std::vector<float>(count, 1.0F), {}})};
    for (std::size_t i = graph_.nodes.size(); i-- > 0;) visit(Node(graph_.nodes[i]));
    if (!refusals_.empty()) user_error("{}", fmt::join(refusals_, "\n"));
  }

  bool reached(const std::string& value) const { return arrived_.count(value) != 0; }

  // The gradient of a value that has been reached: the sum of what its readers sent back.
  std::string gradient_of(const std::string& value) {
    std::vector<std::string>& parts = arrived_.at(value);
    append_.set_prefix(value + "/grad");
    while (parts.size() > 1) {
      parts[1] = append_.node("Add", {parts[0], parts[1]}, {}, "sum");
      parts.erase(parts.begin());
    }
    return parts[0];
  }

 private:
  void visit(const Node& node) {
    std::vector<bool> wanted;
    for (const std::string& input : node.inputs) wanted.push_back(wanted_.count(input) != 0);
    if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return;
    const auto has_gradient = [&](const std::string& output) {
      return arrived_.count(output) != 0;
    };
    if (std::none_of(node.outputs.begin(), node.outputs.end(), has_gradient)) return;
    GradientNames gradients = rule_of(node, wanted);
    gradients.resize(node.inputs.size());
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (!wanted[i] || gradients[i].empty()) continue;
      SYSTOLITH_CHECK(append_.shape(gradients[i]) == append_.shape(node.inputs[i]),
                      "node '{}' ({}): gradient {} of input {} {}", node.name, node.op,
                      to_string(append_.shape(gradients[i])), i,
                      to_string(append_.shape(node.inputs[i])));
      arrived_[node.inputs[i]].push_back(gradients[i]);
    }
  }

  // Of a node that has none its own inputs stand in, so that the walk goes on and finds the others.
  GradientNames rule_of(const Node& node, const std::vector<bool>& wanted) {
    try {
      for (std::size_t i = 1; i < node.outputs.size(); ++i)
        if (arrived_.count(node.outputs[i]) != 0)
          user_error("op {} of node '{}' has no gradient through output '{}' (opset {})", node.op,
                     node.name, node.outputs[i], graph_.opset);
      const std::string arriving = gradient_of(node.outputs[0]);
      append_.set_prefix(node.name + "/grad");
      GradientContext context(append_, node, arriving, wanted);
      return op_of(node).gradient(context);
    } catch (const UserError& error) {
      refusals_.insert(refusals_.begin(), error.what());
      return node.inputs;
    }
  }

  Graph& graph_;
  GraphAppender append_;
  std::set<std::string> wanted_;
  std::map<std::string, std::vector<std::string>> arrived_;
  std::vector<std::string> refusals_;  // in the order of the nodes
};

}  // namespace

DifferentiatedGraph differentiate(Graph graph, const std::string& loss,
                                  const std::vector<std::string>& parameters) {
  check_arguments(graph, loss, parameters);
  DifferentiatedGraph result;
  result.graph = std::move(graph);
  result.forward_nodes = result.graph.nodes.size();
  Differentiator differentiator(result.graph, parameters);
  differentiator.run(loss);
  for (const std::string& name : parameters) {
    if (!differentiator.reached(name)) user_error("no gradient reaches parameter '{}'", name);
    result.gradients[name] = differentiator.gradient_of(name);
  }
  return result;
}

std::vector<std::string> trainable_constants(const Graph& graph, const std::string& loss) {
  const std::set<std::string> used = reaching(graph, loss);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : graph.constants)
    if (tensor.type == DataType::float32 && !tensor.shape.empty() && used.count(name) != 0 &&
        !is_state(graph, name))
      names.push_back(name);
  return names;
}

}  // namespace systolith
