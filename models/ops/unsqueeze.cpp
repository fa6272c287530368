#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// An attribute before opset 13, then an input.
std::optional<std::vector<std::int64_t>> axes_of(const Node& node, const Tensor* input, int opset) {
  if (opset < 13) return optional_integers(node, "axes");
  return input == nullptr ? std::nullopt : std::optional(input->integers);
}

Shape unsqueezed(const Node& node, const Shape& shape,
                 const std::optional<std::vector<std::int64_t>>& axes) {
  if (!axes) op_error(node, "attribute 'axes' is missing");
  const auto rank = rank_of(shape) + static_cast<std::int64_t>(axes->size());
  Shape result = shape;
  for (const std::int64_t axis : resolve_axes(node, *axes, rank))  // ascending
    result.insert(result.begin() + axis, 1);
  return result;
}

class Unsqueeze : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, opset < 13 ? 1 : 2, opset < 13 ? 1 : 2);
    expect_type(node, inputs, 1, {DataType::int64});
    expect_constant(node, inputs, 1, "axes");
    const Tensor* axes = optional_tensor(constants_of(inputs), 1);
    const Value& x = *inputs[0].value;
    return {typed(x.type, unsqueezed(node, x.shape, axes_of(node, axes, opset)))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    Tensor y = *inputs[0];
    y.shape = unsqueezed(node, y.shape, axes_of(node, optional_tensor(inputs, 1), opset));
    return {std::move(y)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return reshape_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> unsqueeze = {
    "Unsqueeze", "With dimensions of extent 1 put in.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Unsqueeze>(); }};

}  // namespace systolith
