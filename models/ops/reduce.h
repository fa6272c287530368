// Ops that add up some axes of a float tensor, in double, in the order of memory, rounded once.
#pragma once

#include <vector>

#include "models/ops/support.h"

namespace systolith {

// How the axes are given changed with the opsets, at another one for every op.
class ReduceOp : public Op {
 public:
  // Axes are an attribute before that opset, then an input.
  explicit ReduceOp(int axes_are_input_since) : axes_are_input_since_(axes_are_input_since) {}

  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override;
  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override;
  std::vector<std::string> gradient(GradientContext& context) const override;

 private:
  // What the sum of `count` values is divided by.
  virtual double divisor(double count) const = 0;
  std::vector<std::int64_t> axes_of(const Node& node, const Shape& shape, const Tensor* input,
                                    int opset) const;

  int axes_are_input_since_;
};

}  // namespace systolith
