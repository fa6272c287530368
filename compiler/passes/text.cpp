#include "compiler/passes/passes.h"

namespace systolith {
namespace {

std::string attribute_text(const Attribute& attribute) {
  struct Printer {
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(float v) const { return fmt::format("{}", v); }
    std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", v); }
    std::string operator()(const std::vector<std::int64_t>& v) const {
      return fmt::format("[{}]", fmt::join(v, ", "));
    }
    std::string operator()(const std::vector<float>& v) const {
      return fmt::format("[{}]", fmt::join(v, ", "));
    }
    std::string operator()(const Tensor& v) const {
      return fmt::format("tensor{}", to_string(v.shape));
    }
  };
  return std::visit(Printer{}, attribute);
}

std::string value_text(const Graph& graph, const std::string& name) {
  if (name.empty()) return "-";
  const auto found = graph.values.find(name);
  return found == graph.values.end() ? "%" + name
                                     : fmt::format("%{} {}", name, to_string(found->second.shape));
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text = fmt::format("graph \"{}\" opset {}\n", graph.name, graph.opset);
  for (const Value& input : graph.inputs)
    text += fmt::format("input {}\n", value_text(graph, input.name));
  for (const auto& [name, tensor] : graph.constants)
    text +=
        fmt::format("constant %{} {} {}\n", name, to_string(tensor.type), to_string(tensor.shape));
  for (const Node& node : graph.nodes) {
    std::vector<std::string> outputs, inputs, attributes;
    for (const std::string& name : node.outputs) outputs.push_back(value_text(graph, name));
    for (const std::string& name : node.inputs) inputs.push_back(name.empty() ? "-" : "%" + name);
    for (const auto& [name, value] : node.attributes)
      attributes.push_back(fmt::format("{}={}", name, attribute_text(value)));
    text += fmt::format("{} = {}({}) {{{}}} \"{}\"\n", fmt::join(outputs, ", "), node.op,
                        fmt::join(inputs, ", "), fmt::join(attributes, ", "), node.name);
  }
  for (const auto& [state, next] : graph.states)
    text += fmt::format("state %{} becomes %{}\n", state, next);
  for (const std::string& output : graph.outputs)
    text += fmt::format("output {}\n", value_text(graph, output));
  return text;
}

}  // namespace systolith
