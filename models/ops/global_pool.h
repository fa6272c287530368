// Ops that reduce every channel's pixels, in any number of spatial dimensions, to one value.
#pragma once

#include <algorithm>

#include "models/ops/support.h"

namespace systolith {

// Function: float operator()(const float* pixels, std::int64_t count) const, count > 0.
template <class Function>
class GlobalPoolOp : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    const Shape& x = inputs[0].value->shape;
    if (x.size() < 3 || elements(x) == 0)
      op_error(node, "input {} has no spatial dimensions or no elements", to_string(x));
    return {typed(DataType::float32, pooled(x))};
  }

  std::vector<Tensor> evaluate(const Node& /*node*/, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const std::int64_t pixels = elements_between(x.shape, 2, rank_of(x.shape));
    Tensor y = make_tensor(DataType::float32, pooled(x.shape));
    const float* plane = x.floats.data();
    for (float& value : y.floats) {
      value = Function()(plane, pixels);
      plane += pixels;
    }
    return {std::move(y)};
  }

 private:
  static Shape pooled(Shape shape) {
    std::fill(shape.begin() + 2, shape.end(), 1);
    return shape;
  }
};

}  // namespace systolith
