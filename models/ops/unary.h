// An op that applies one scalar function to every element of a float tensor.
#pragma once

#include "models/ops/support.h"

namespace systolith {

// Function: constructed from the node (reads its attributes); float operator()(float) const.
template <class Function>
class UnaryOp : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    return {*inputs[0].value};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Function function(node);
    Tensor y = make_tensor(DataType::float32, inputs[0]->shape);
    const std::vector<float>& x = inputs[0]->floats;
    for (std::size_t i = 0; i < x.size(); ++i) y.floats[i] = function(x[i]);
    return {std::move(y)};
  }
};

}  // namespace systolith
