#include "compiler/passes/canonical.h"
#include "compiler/passes/passes.h"

namespace systolith {

Tensor Rewriter::take_constant(const std::string& value) {
  const auto found = graph.constants.find(value);
  SYSTOLITH_CHECK(found != graph.constants.end(), "'{}' is not a constant", value);
  if (uses.readers(value).size() > 1 || uses.is_output(value)) return found->second;
  Tensor taken = std::move(found->second);
  graph.constants.erase(found);
  return taken;
}

std::string Rewriter::fresh(const std::string& stem) const {
  std::string name = stem;
  for (int i = 1; graph.values.count(name) != 0; ++i) name = fmt::format("{}_{}", stem, i);
  return name;
}

std::string Rewriter::add(const std::string& stem, Tensor constant) {
  std::string name = fresh(stem);
  add_constant(graph, name, std::move(constant));
  return name;
}

std::string Rewriter::reshape(const Node& node, const std::string& value, const Shape& to) {
  std::string output = fresh(value + "/reshaped");
  declare(graph, output, to);
  reshape_into(node, value, output);
  return output;
}

void Rewriter::reshape_into(const Node& node, const std::string& value, const std::string& output) {
  const std::string target = add(output + "/shape", integer_tensor(shape(output)));
  emit({node.name, "Reshape", {value, target}, {output}, {}});
  // The same elements: how the model stores one, the other is stored.
  auto& encodings = graph.encodings;
  for (const auto& [known, other] : {std::pair(value, output), std::pair(output, value)})
    if (const auto found = encodings.find(known); found != encodings.end())
      encodings.emplace(other, Encoding(found->second));
}

void Rewriter::emit(Node node) {
  for (const std::string& output : node.outputs) emitted_by_[output] = emitted_.size();
  emitted_.push_back(std::move(node));
}

Node* Rewriter::emitted_producer(const std::string& value) {
  const auto found = emitted_by_.find(value);
  return found == emitted_by_.end() ? nullptr : &emitted_[found->second];
}

void Rewriter::rename_output(const std::string& value, const std::string& name) {
  const auto found = emitted_by_.find(value);
  SYSTOLITH_CHECK(found != emitted_by_.end(), "nothing makes '{}'", value);
  for (std::string& output : emitted_[found->second].outputs)
    if (output == value) output = name;
  emitted_by_[name] = found->second;
}

void keep_notes(const Node& from, Node& to) {
  for (const char* note : {kWeightScale, kBiasCodes, kSourceOp})
    if (const auto found = from.attributes.find(note); found != from.attributes.end())
      to.attributes[note] = found->second;
}

namespace {

using Rule = void (*)(Rewriter&, const Node&);

const std::map<std::string, Rule>& rules() {
  static const std::map<std::string, Rule> table = {
      {"AveragePool", canonicalize_pool},
      {"Concat", canonicalize_concat},
      {"Conv", canonicalize_conv},
      {"Div", canonicalize_arithmetic},
      {"Flatten", canonicalize_reshape},
      {"Gemm", canonicalize_gemm},
      {"GlobalAveragePool", canonicalize_global_pool},
      {"GlobalMaxPool", canonicalize_global_pool},
      {"MatMul", canonicalize_matmul},
      {"Max", canonicalize_arithmetic},
      {"MaxPool", canonicalize_pool},
      {"Min", canonicalize_arithmetic},
      {"ReduceMean", canonicalize_global_pool},
      {"Reshape", canonicalize_reshape},
      {"Squeeze", canonicalize_reshape},
      {"Sub", canonicalize_arithmetic},
      {"Sum", canonicalize_arithmetic},
      {"Unsqueeze", canonicalize_reshape},
  };
  return table;
}

// A product with weights that are learnt stays as it is: its weights keep their name and shape.
bool is_learnt_product(const Rewriter& rewriter, const Node& node) {
  const bool product = node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul";
  return product && !rewriter.graph.states.empty() && rewriter.constant(node.inputs[1]) == nullptr;
}

}  // namespace

Graph canonicalize(Graph graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes) {
    const auto rule = rules().find(node.op);
    if (rule != rules().end() && !is_learnt_product(rewriter, node))
      rule->second(rewriter, node);
    else
      rewriter.emit(node);
  }
  graph.nodes = rewriter.take();
  eliminate_dead(graph);
  return graph;
}

}  // namespace systolith
