// Arithmetic in fewer forms, and the ops that only rename dimensions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/passes/canonical.h"

namespace systolith {
namespace {

Tensor mapped(const Tensor& tensor, float (*function)(float)) {
  Tensor result = tensor;
  for (float& value : result.floats) value = function(value);
  return result;
}

void canonicalize_sub(Rewriter& rewriter, const Node& node) {
  const auto negated = [](float x) { return -x; };
  if (const Tensor* b = rewriter.constant(node.inputs[1])) {
    const std::string b_negated = rewriter.add(node.inputs[1] + "/negated", mapped(*b, negated));
    return rewriter.emit(
        {node.name, "Add", {node.inputs[0], b_negated}, node.outputs, {{kSourceOp, node.op}}});
  }
  if (rewriter.constant(node.inputs[0]) == nullptr) return rewriter.emit(node);
  const std::string minus_one = rewriter.add(node.name + "/minus_one", float_tensor({}, {-1}));
  const std::string negative = rewriter.fresh(node.outputs[0] + "/negative");
  declare(rewriter.graph, negative, rewriter.shape(node.inputs[1]));
  rewriter.emit({node.name, "Mul", {node.inputs[1], minus_one}, {negative}, {}});
  rewriter.emit(
      {node.name, "Add", {negative, node.inputs[0]}, node.outputs, {{kSourceOp, node.op}}});
}

// Of two, so that its reciprocal is exact.
bool is_power(float x) {
  constexpr float kFraction = 0.5F;
  int exponent = 0;
  return std::fabs(std::frexp(x, &exponent)) == kFraction;
}

void canonicalize_div(Rewriter& rewriter, const Node& node) {
  const Tensor* b = rewriter.constant(node.inputs[1]);
  if (b == nullptr)
    user_error(
        "node '{}' (Div): the divisor '{}' is computed; only constant divisors are"
        " supported",
        node.name, node.inputs[1]);
  if (!rewriter.graph.encodings.empty() &&
      !std::all_of(b->floats.begin(), b->floats.end(), is_power))
    user_error(
        "node '{}' (Div): a quantised model's values are divided by powers of two only, as the"
        " reciprocal of '{}' would round otherwise (multiply by it in the model instead)",
        node.name, node.inputs[1]);
  const std::string inverse =
      rewriter.add(node.inputs[1] + "/inverse", mapped(*b, [](float x) { return 1 / x; }));
  rewriter.emit(
      {node.name, "Mul", {node.inputs[0], inverse}, node.outputs, {{kSourceOp, node.op}}});
}

void canonicalize_sum(Rewriter& rewriter, const Node& node) {
  if (node.inputs.size() == 1)
    return rewriter.emit({node.name, "Identity", node.inputs, node.outputs, {}});
  std::string sum = node.inputs[0];
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const bool last = i + 1 == node.inputs.size();
    std::string next = last ? node.outputs[0] : rewriter.fresh(node.outputs[0] + "/partial");
    if (!last) declare(rewriter.graph, next, rewriter.shape(node.outputs[0]));
    rewriter.emit({node.name, "Add", {sum, node.inputs[i]}, {next}, {{kSourceOp, node.op}}});
    sum = next;
  }
}

// Max and Min with one scalar constant are a Clip.
void canonicalize_limit(Rewriter& rewriter, const Node& node) {
  const bool two = node.inputs.size() == 2;
  const std::size_t limit = two && rewriter.constant(node.inputs[0]) != nullptr ? 0 : 1;
  const Tensor* value = two ? rewriter.constant(node.inputs[limit]) : nullptr;
  if (value == nullptr || value->floats.size() != 1)
    user_error("node '{}' ({}): only a computed value against one scalar constant is supported",
               node.name, node.op);
  const std::string bound = rewriter.add(node.name + "/limit", float_tensor({}, value->floats));
  std::vector<std::string> inputs = {node.inputs[1 - limit], bound};
  if (node.op == "Min") inputs.insert(inputs.begin() + 1, "");
  rewriter.emit({node.name, "Clip", inputs, node.outputs, {{kSourceOp, node.op}}});
}

}  // namespace

void canonicalize_arithmetic(Rewriter& rewriter, const Node& node) {
  if (node.op == "Sub") return canonicalize_sub(rewriter, node);
  if (node.op == "Div") return canonicalize_div(rewriter, node);
  if (node.op == "Sum") return canonicalize_sum(rewriter, node);
  canonicalize_limit(rewriter, node);
}

// A Concat that begins with all of an earlier one's operands takes its result instead, so that
// networks which gather all earlier features again and again (DenseNet) share one storage.
void canonicalize_concat(Rewriter& rewriter, const Node& node) {
  const auto rank = static_cast<std::int64_t>(rewriter.shape(node.outputs[0]).size());
  std::int64_t axis = attribute(node, "axis", std::int64_t{0});
  if (axis < 0) axis += rank;
  std::vector<std::string> key = {std::to_string(axis)};
  key.insert(key.end(), node.inputs.begin(), node.inputs.end());
  rewriter.concats.emplace(key, node.outputs[0]);
  Node nested = node;
  nested.attributes["axis"] = axis;
  for (std::size_t length = node.inputs.size() - 1; length >= 2; --length) {
    key.resize(1 + length);
    const auto earlier = rewriter.concats.find(key);
    if (earlier == rewriter.concats.end()) continue;
    nested.inputs = {earlier->second};
    nested.inputs.insert(nested.inputs.end(),
                         node.inputs.begin() + static_cast<std::ptrdiff_t>(length),
                         node.inputs.end());
    break;
  }
  rewriter.emit(std::move(nested));
}

void canonicalize_reshape(Rewriter& rewriter, const Node& node) {
  rewriter.reshape_into(node, node.inputs[0], node.outputs[0]);
}

}  // namespace systolith
