// Ops that combine two or more tensors element by element, with broadcasting.
#pragma once

#include "models/ops/broadcast.h"
#include "models/ops/support.h"

namespace systolith {

// Function: `float operator()(float, float) const` and `std::uint64_t operator()(std::uint64_t,
// std::uint64_t) const`; integers are computed modulo 2^64 and then wrapped to their type.
template <class Function>
Tensor combine(const Node& node, const Tensor& a, const Tensor& b, Function fn) {
  Tensor y = make_tensor(a.type, broadcast_shape(node, a.shape, b.shape));
  const BroadcastWalk walk = broadcast_walk(y.shape, a.shape, b.shape);
  if (is_floating(a.type)) {
    for_each_run(walk, [&](auto out, auto from_a, auto from_b, auto count, auto da, auto db) {
      float* to = y.floats.data() + out;
      const float* x = a.floats.data() + from_a;
      const float* z = b.floats.data() + from_b;
      if (da == 1 && db == 1)
        for (std::int64_t i = 0; i < count; ++i) to[i] = fn(x[i], z[i]);
      else
        for (std::int64_t i = 0; i < count; ++i) to[i] = fn(x[i * da], z[i * db]);
    });
  } else {
    for_each_run(walk, [&](auto out, auto from_a, auto from_b, auto count, auto da, auto db) {
      for (std::int64_t i = 0; i < count; ++i) {
        const auto x = static_cast<std::uint64_t>(a.integers[from_a + i * da]);
        const auto z = static_cast<std::uint64_t>(b.integers[from_b + i * db]);
        y.integers[out + i] = wrap_to(y.type, static_cast<std::int64_t>(fn(x, z)));
      }
    });
  }
  return y;
}

// min_inputs..max_inputs tensors of one numeric type, combined from the left.
template <class Function, std::size_t min_inputs, std::size_t max_inputs>
class CombiningOp : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, min_inputs, max_inputs);
    const DataType type = inputs[0].value->type;
    if (type == DataType::boolean) op_error(node, "input '{}' is boolean", inputs[0].value->name);
    Shape shape = inputs[0].value->shape;
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      if (inputs[i].value == nullptr) op_error(node, "input {} must not be left out", i);
      expect_type(node, inputs, i, {type});
      shape = broadcast_shape(node, shape, inputs[i].value->shape);
    }
    return {typed(type, shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    if (inputs.size() == 1) return {*inputs[0]};
    Tensor result = combine(node, *inputs[0], *inputs[1], Function(node));
    for (std::size_t i = 2; i < inputs.size(); ++i)
      result = combine(node, result, *inputs[i], Function(node));
    return {std::move(result)};
  }
};

template <class Function>
using BinaryOp = CombiningOp<Function, 2, 2>;
template <class Function>
using VariadicOp = CombiningOp<Function, 1, kUnbounded>;

}  // namespace systolith
