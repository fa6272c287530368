#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// An attribute before opset 13, then an input.
std::optional<std::vector<std::int64_t>> axes_of(const Node& node, const Tensor* input, int opset) {
  if (opset < 13) return optional_integers(node, "axes");
  return input == nullptr ? std::nullopt : std::optional(input->integers);
}

Shape squeezed(const Node& node, const Shape& shape,
               const std::optional<std::vector<std::int64_t>>& axes) {
  std::vector<bool> removed(shape.size());
  for (std::size_t dim = 0; dim < shape.size(); ++dim) removed[dim] = !axes && shape[dim] == 1;
  if (axes)
    for (const std::int64_t axis : resolve_axes(node, *axes, rank_of(shape))) {
      removed[static_cast<std::size_t>(axis)] = true;
      if (shape[static_cast<std::size_t>(axis)] != 1)
        op_error(node, "axis {} of {} is not of extent 1", axis, to_string(shape));
    }
  Shape result;
  for (std::size_t dim = 0; dim < shape.size(); ++dim)
    if (!removed[dim]) result.push_back(shape[dim]);
  return result;
}

class Squeeze : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, opset < 13 ? 1 : 1, opset < 13 ? 1 : 2);
    expect_type(node, inputs, 1, {DataType::int64});
    expect_constant(node, inputs, 1, "axes");
    const Tensor* axes = optional_tensor(constants_of(inputs), 1);
    const Value& x = *inputs[0].value;
    return {typed(x.type, squeezed(node, x.shape, axes_of(node, axes, opset)))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    Tensor y = *inputs[0];
    y.shape = squeezed(node, y.shape, axes_of(node, optional_tensor(inputs, 1), opset));
    return {std::move(y)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return reshape_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> squeeze = {
    "Squeeze", "Without dimensions of extent 1.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Squeeze>(); }};

}  // namespace systolith
