#include "models/ops/reduce.h"

#include <numeric>

#include "models/ops/broadcast.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

// The axes with an extent of 1.
Shape reduced(Shape shape, const std::vector<std::int64_t>& axes) {
  for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = 1;
  return shape;
}

// Requires: sorted axes.
Shape without_axes(const Node& node, Shape shape, const std::vector<std::int64_t>& axes) {
  if (attribute(node, "keepdims", std::int64_t{1}) != 0) return shape;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) shape.erase(shape.begin() + *axis);
  return shape;
}

}  // namespace

// None given: all axes, or none at all with noop_with_empty_axes.
std::vector<std::int64_t> ReduceOp::axes_of(const Node& node, const Shape& shape,
                                            const Tensor* input, int opset) const {
  std::vector<std::int64_t> axes;
  if (opset < axes_are_input_since_)
    axes = attribute(node, "axes", axes);
  else if (input != nullptr)
    axes = input->integers;
  if (axes.empty() && attribute(node, "noop_with_empty_axes", std::int64_t{0}) == 0) {
    axes.resize(shape.size());
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
  }
  return resolve_axes(node, axes, rank_of(shape));
}

std::vector<Value> ReduceOp::infer(const Node& node, const std::vector<OpInput>& inputs,
                                   int opset) const {
  expect_inputs(node, inputs, 1, opset < axes_are_input_since_ ? 1 : 2);
  expect_type(node, inputs, 0, {DataType::float32});
  expect_type(node, inputs, 1, {DataType::int64});
  expect_constant(node, inputs, 1, "axes");
  const Shape& x = inputs[0].value->shape;
  const auto axes = axes_of(node, x, optional_tensor(constants_of(inputs), 1), opset);
  return {typed(DataType::float32, without_axes(node, reduced(x, axes), axes))};
}

std::vector<Tensor> ReduceOp::evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                                       int opset) const {
  const Tensor& x = *inputs[0];
  const auto axes = axes_of(node, x.shape, optional_tensor(inputs, 1), opset);
  const Shape kept = reduced(x.shape, axes);
  std::vector<double> sums(static_cast<std::size_t>(elements(kept)));
  for_each_run(broadcast_walk(x.shape, kept, kept),
               [&](auto from, auto to, auto, auto count, auto step, auto) {
                 for (std::int64_t i = 0; i < count; ++i) sums[to + i * step] += x.floats[from + i];
               });
  Tensor y = make_tensor(DataType::float32, without_axes(node, kept, axes));
  const double by =
      divisor(static_cast<double>(elements(x.shape)) / static_cast<double>(sums.size()));
  for (std::size_t i = 0; i < sums.size(); ++i) y.floats[i] = static_cast<float>(sums[i] / by);
  return {std::move(y)};
}

// Every element of an input's share of a sum is the same: the arriving gradient times a constant,
// which stretches it along the axes.
std::vector<std::string> ReduceOp::gradient(GradientContext& context) const {
  const Node& node = context.node();
  const Graph& graph = context.append.graph();
  const Tensor* input = nullptr;
  if (node.inputs.size() > 1 && !node.inputs[1].empty()) {
    const auto found = graph.constants.find(node.inputs[1]);
    if (found == graph.constants.end()) op_error(node, "has no gradient where axes are computed");
    input = &found->second;
  }
  const Shape& x = context.shape(0);
  const auto axes = axes_of(node, x, input, context.opset());
  Shape stretch(x.size(), 1);
  for (const std::int64_t axis : axes)
    stretch[static_cast<std::size_t>(axis)] = x[static_cast<std::size_t>(axis)];
  const auto count = static_cast<std::size_t>(elements(stretch));
  const auto share = static_cast<float>(1.0 / divisor(static_cast<double>(count)));
  const std::string factor = context.append.constant(
      "share", {DataType::float32, stretch, std::vector<float>(count, share), {}});
  return {context.append.node(
      "Mul", {context.append.reshaped(context.arriving(), reduced(x, axes)), factor})};
}

}  // namespace systolith
