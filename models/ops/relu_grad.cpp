#include "models/ops/support.h"

namespace systolith {
namespace {

// At 0 the gradient is 0, as everywhere in the field.
class ReluGrad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_floats(node, inputs);
    const Shape &dy = inputs[0].value->shape, &y = inputs[1].value->shape;
    if (dy != y) op_error(node, "dY {} must have the shape of Y {}", to_string(dy), to_string(y));
    return {typed(DataType::float32, dy)};
  }

  std::vector<Tensor> evaluate(const Node& /*node*/, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    Tensor dx = *inputs[0];
    const std::vector<float>& y = inputs[1]->floats;
    for (std::size_t i = 0; i < y.size(); ++i)
      if (!(y[i] > 0)) dx.floats[i] = 0;
    return {std::move(dx)};
  }
};

}  // namespace

extern const Registration<Op> relu_grad = {
    "ReluGrad", "Backward of Relu: dY where its output Y (or input) is positive, else 0.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ReluGrad>(); }};

}  // namespace systolith
