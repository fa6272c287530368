#include <algorithm>
#include <cmath>

#include "compiler/passes/adoption.h"
#include "compiler/passes/passes.h"
#include "models/ops/op.h"
#include "models/ops/support.h"

namespace systolith {

bool only_selects(const Node& node) {
  static const std::set<std::string> ops = {"Concat",  "Flatten",   "Gather",   "Identity",
                                            "MaxPool", "Reshape",   "Slice",    "Split",
                                            "Squeeze", "Transpose", "Unsqueeze"};
  return ops.count(node.op) != 0;
}

// A real value's name stays; that of codes is free for the real value behind them unless the graph
// gives the codes out.
std::string Adoption::name_of_real(const std::string& codes) const {
  return rewriter_.uses.is_output(codes) ? rewriter_.fresh(codes + "/real") : codes;
}

std::string Adoption::current(const std::string& value) const {
  const auto found = renamed_.find(value);
  return found == renamed_.end() ? value : found->second;
}

const Encoding* Adoption::encoding_of(const std::string& real) const {
  const auto found = rewriter_.graph.encodings.find(real);
  return found == rewriter_.graph.encodings.end() ? nullptr : &found->second;
}

const Tensor& Adoption::constant_at(const Node& node, std::size_t input) const {
  const Tensor* constant = rewriter_.constant(node.inputs.at(input));
  if (constant == nullptr)
    op_error(node, "'{}' is computed; only constant scales, zero points and weights are supported",
             node.inputs[input]);
  return *constant;
}

Encoding Adoption::encoding_at(const Node& node, const Parameters& at, DataType type) const {
  const bool has_zero = at.zero_point < node.inputs.size() && !node.inputs[at.zero_point].empty();
  const bool has_scale = at.scale < node.inputs.size();
  Encoding encoding{type, 1, 0};
  const auto single = [&](std::size_t input) -> const Tensor& {
    const Tensor& constant = constant_at(node, input);
    if (elements(constant.shape) != 1)
      op_error(node, "'{}' has {} values; activations have one scale and zero point each",
               node.inputs[input], elements(constant.shape));
    return constant;
  };
  if (has_scale) encoding.scale = single(at.scale).floats[0];
  if (has_zero)
    encoding.zero_point =
        single(at.zero_point).integers.empty() ? 0 : single(at.zero_point).integers[0];
  if (!(encoding.scale > 0) || !std::isfinite(encoding.scale))
    op_error(node, "scale {} must be positive", encoding.scale);
  if (type != DataType::int8 && type != DataType::uint8)
    op_error(node, "activations of {} have no datapath here (allowed: int8, uint8)",
             to_string(type));
  return encoding;
}

void Adoption::rename(const Node& node, const std::string& value, const std::string& name) {
  if (rewriter_.uses.is_output(name)) {
    declare(rewriter_.graph, name, rewriter_.shape(name));
    return rewriter_.emit({node.name, "Identity", {value}, {name}, {}});
  }
  renamed_[name] = value;
}

const Adoption::Codes& Adoption::codes_of(const Node& node, const std::string& value) {
  const auto found = codes_.find(value);
  if (found != codes_.end()) return found->second;
  const auto& inputs = rewriter_.graph.inputs;
  const bool is_input = std::any_of(inputs.begin(), inputs.end(),
                                    [&](const Value& input) { return input.name == value; });
  if (!is_input) op_error(node, "'{}' is no result of a quantised operator", value);
  const Encoding itself = {type_of(value), 1, 0};
  if (itself.type != DataType::int8 && itself.type != DataType::uint8)
    op_error(node, "graph input '{}' is {} (allowed: int8, uint8)", value, to_string(itself.type));
  rewriter_.graph.encodings[value] = itself;
  return codes_[value] = {value, itself};
}

std::string Adoption::real_of(const Node& node, const std::string& value,
                              const Encoding& encoding) {
  const Codes codes = codes_of(node, value);
  if (codes.encoding == encoding) return codes.real;
  if (codes.encoding.type != encoding.type)
    op_error(node, "'{}' is {}, its zero point {}", value, to_string(codes.encoding.type),
             to_string(encoding.type));
  const std::string real = rewriter_.fresh(value + "/real");
  declare(rewriter_.graph, real, rewriter_.shape(value));
  rewriter_.graph.encodings[real] = encoding;
  rewriter_.emit({node.name, "DequantizeLinear", {codes.real}, {real}, {}});
  return real;
}

// Whether what makes the value may round it into an encoding that it does not have yet.
bool Adoption::may_store(const std::string& value) const {
  if (rewriter_.uses.sole_reader(value) == Uses::kNone || encoding_of(value) != nullptr)
    return false;
  const std::size_t producer = rewriter_.uses.producer(value);
  if (producer == Uses::kNone) return rewriter_.constant(value) == nullptr;  // a graph input
  const Node& node = rewriter_.graph.nodes[producer];
  if (is_integer_product(node)) return true;
  if (!only_selects(node) || node.op == "Concat") return true;
  // Rounding what it selects from is as good where nobody else sees it.
  return node.outputs.size() == 1 && may_store(node.inputs[0]);
}

std::string Adoption::stored(const Node& node, const std::string& value, const std::string& name,
                             const Encoding& encoding) {
  Graph& graph = rewriter_.graph;
  const Encoding* has = encoding_of(value);
  if (has != nullptr && *has == encoding) return value;
  if (value != name && renamed_.count(value) == 0 && may_store(value)) {
    graph.encodings[value] = encoding;
    return value;
  }
  declare(graph, name, rewriter_.shape(value));
  graph.encodings[name] = encoding;
  rewriter_.emit({node.name, "QuantizeLinear", {value}, {name}, {}});
  return name;
}

void Adoption::define_codes(const Node& node, const std::string& output, const Codes& codes) {
  codes_[output] = codes;
  if (!rewriter_.uses.is_output(output)) return;
  declare(rewriter_.graph, output, rewriter_.shape(output));
  rewriter_.emit({node.name,
                  "QuantizeLinear",
                  {codes.real},
                  {output},
                  {{"scale", codes.encoding.scale}, {"zero_point", codes.encoding.zero_point}}});
}

void Adoption::quantize(const Node& node) {
  const std::string value = current(node.inputs[0]);
  const DataType type = type_of(node.outputs[0]);
  const Encoding encoding = encoding_at(node, {1, 2}, type);
  const std::string real = stored(node, value, name_of_real(node.outputs[0]), encoding);
  define_codes(node, node.outputs[0], {real, encoding});
}

void Adoption::dequantize(const Node& node) {
  const DataType type = type_of(node.inputs[0]);
  const std::string real = real_of(node, node.inputs[0], encoding_at(node, {1, 2}, type));
  rename(node, real, node.outputs[0]);
}

// The real numbers, and beside them what they were made of.
void Adoption::dequantize_constant(const Node& node) {
  note_constant(node, node.outputs[0], 0, 1, 2, attribute(node, "axis", std::int64_t{1}));
}

// Operators that only select work on codes as on the real values behind them.
void Adoption::move_codes(const Node& node) {
  if (!only_selects(node))
    op_error(node, "input '{}' is codes; no kernel computes with them but as real values",
             node.inputs[0]);
  Node real = node;
  std::optional<Encoding> common;
  const std::size_t moved = node.op == "Concat" ? node.inputs.size() : 1;
  for (std::size_t i = 0; i < moved; ++i) {
    const Codes codes = codes_of(node, node.inputs[i]);
    if (common && !(*common == codes.encoding))
      op_error(node, "'{}' and '{}' are codes of different scales", node.inputs[0], node.inputs[i]);
    common = codes.encoding;
    real.inputs[i] = codes.real;
  }
  std::vector<Codes> outputs;
  for (std::string& output : real.outputs) {
    if (output.empty()) continue;
    const std::string name = name_of_real(output);
    declare(rewriter_.graph, name, rewriter_.shape(output));
    rewriter_.graph.encodings[name] = *common;
    output = name;
    outputs.push_back({name, *common});
  }
  rewriter_.emit(real);
  for (std::size_t i = 0; i < outputs.size(); ++i) define_codes(node, node.outputs[i], outputs[i]);
}

// Integer sums are real numbers already; nothing but a Cast to floats knows how.
void Adoption::move_sums(const Node& node) {
  constexpr std::int64_t kFloat = 1;
  if (node.op != "Cast" || attribute(node, "to", std::int64_t{0}) != kFloat)
    op_error(node, "int32 sums '{}' may only be cast to float32 here", node.inputs[0]);
  rename(node, current(node.inputs[0]), node.outputs[0]);
}

// A Concat ahead of a QuantizeLinear: its operands are rounded first, so that it stays a copy.
void Adoption::round_operands(Node& node) {
  const std::size_t reader = rewriter_.uses.sole_reader(node.outputs[0]);
  if (reader == Uses::kNone) return;
  const Node& next = rewriter_.graph.nodes[reader];
  if (next.op != "QuantizeLinear") return;
  const Encoding encoding = encoding_at(next, {1, 2}, type_of(next.outputs[0]));
  for (std::string& input : node.inputs)
    input = stored(node, input, rewriter_.fresh(input + "/rounded"), encoding);
  rewriter_.graph.encodings[node.outputs[0]] = encoding;
}

void Adoption::visit_real(Node node) {
  const bool selects = only_selects(node);
  if (node.op == "Concat") round_operands(node);
  if (selects && encoding_of(node.outputs[0]) == nullptr) {
    const Encoding* encoding = encoding_of(node.inputs[0]);
    const std::size_t moved = node.op == "Concat" ? node.inputs.size() : 1;
    for (std::size_t i = 1; i < moved; ++i) {
      const Encoding* other = encoding_of(node.inputs[i]);
      const bool same = encoding == other || (encoding && other && *encoding == *other);
      if (!same)
        op_error(node, "'{}' and '{}' are quantised differently, and no QuantizeLinear follows",
                 node.inputs[0], node.inputs[i]);
    }
    if (encoding != nullptr)
      for (const std::string& output : node.outputs)
        if (!output.empty()) rewriter_.graph.encodings[output] = Encoding(*encoding);
  }
  rewriter_.emit(std::move(node));
}

void Adoption::visit(const Node& node) {
  if (node.op == "DequantizeLinear")
    return rewriter_.constant(node.inputs[0]) != nullptr ? dequantize_constant(node)
                                                         : dequantize(node);
  if (node.op == "QuantizeLinear") return quantize(node);
  if (is_linear_product(node)) return visit_linear(node);
  if (is_integer_product(node)) return visit_integer(node);
  if (node.op == "DynamicQuantizeLinear")
    op_error(node, "scales that are computed at run time are not supported");
  const auto& first = node.inputs[0];
  if (sums_.count(first) != 0) return move_sums(node);
  const bool is_codes = type_of(first) == DataType::int8 || type_of(first) == DataType::uint8;
  if (codes_.count(first) != 0 || is_codes) return move_codes(node);
  Node real = node;
  for (std::string& input : real.inputs) input = current(input);
  if (node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul")
    return visit_product(std::move(real));
  visit_real(std::move(real));
}

const Node* quantized_node(const Graph& graph) {
  const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    return node.op == "QuantizeLinear" || node.op == "DequantizeLinear" ||
           node.op == "DynamicQuantizeLinear" || is_linear_product(node) ||
           is_integer_product(node);
  });
  return found == graph.nodes.end() ? nullptr : &*found;
}

Graph adopt_quantization(Graph graph) {
  if (quantized_node(graph) == nullptr) return graph;
  Adoption adoption(graph);
  for (const Node& node : graph.nodes) adoption.visit(node);
  graph.nodes = adoption.take();
  eliminate_dead(graph);
  for (auto it = graph.encodings.begin(); it != graph.encodings.end();)
    it = graph.values.count(it->first) != 0 ? std::next(it) : graph.encodings.erase(it);
  return graph;
}

}  // namespace systolith
