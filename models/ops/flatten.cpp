#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

Shape flat_shape(const Node& node, const Shape& shape) {
  const std::int64_t rank = rank_of(shape);
  std::int64_t axis = attribute(node, "axis", std::int64_t{1});
  if (axis != rank) axis = resolve_axis(node, axis, rank);
  return {elements_between(shape, 0, axis), elements_between(shape, axis, rank)};
}

class Flatten : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    return {typed(inputs[0].value->type, flat_shape(node, inputs[0].value->shape))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    Tensor y = *inputs[0];
    y.shape = flat_shape(node, y.shape);
    return {std::move(y)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return reshape_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> flatten = {
    "Flatten", "The dimensions before and from an axis on, as a matrix.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Flatten>(); }};

}  // namespace systolith
