// Writes a chain of vector passes step by step.
#pragma once

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

class ChainBuilder {
 public:
  explicit ChainBuilder(const std::array<std::int64_t, 4>& shape) { chain_.shape = shape; }

  // Values; each returns its index.
  int element(TensorId tensor) { return add({tensor, false, false}); }
  int channel(TensorId tensor) { return add({tensor, true, false}); }
  int scratch_element() { return add({kNoTensor, false, false}); }
  int scratch_channel() { return add({kNoTensor, true, false}); }
  int scratch_scalar() { return add({kNoTensor, true, true}); }

  // out = scale_a * a; what else a step does is set on the result, which lasts to the next call.
  ChainStep& before(int out, int a, double scale_a = 1) {
    return step(ChainStep::When::before, out, a, scale_a);
  }
  ChainStep& each(int out, int a, double scale_a = 1) {
    return step(ChainStep::When::each, out, a, scale_a);
  }
  ChainStep& after(int out, int a, double scale_a = 1) {
    return step(ChainStep::When::after, out, a, scale_a);
  }
  ChainKernel take() { return std::move(chain_); }

 private:
  int add(ChainValue value) {
    chain_.values.push_back(value);
    return static_cast<int>(chain_.values.size()) - 1;
  }
  ChainStep& step(ChainStep::When when, int out, int a, double scale_a) {
    ChainStep& step = chain_.steps.emplace_back();
    step.when = when;
    step.out = out;
    step.a = a;
    step.scale_a = static_cast<float>(scale_a);
    return step;
  }

  ChainKernel chain_;
};

// (op) scale_b * b
inline ChainStep& join(ChainStep& step, BinaryFunction binary, int b, double scale_b = 1) {
  step.binary = binary;
  step.b = b;
  step.scale_b = static_cast<float>(scale_b);
  return step;
}
inline ChainStep& plus(ChainStep& step, int b, double scale_b = 1) {
  return join(step, BinaryFunction::add, b, scale_b);
}
inline ChainStep& times(ChainStep& step, int b, double scale_b = 1) {
  return join(step, BinaryFunction::mul, b, scale_b);
}
inline ChainStep& through(ChainStep& step, Activation activation, double low = 0, double high = 0) {
  step.activation = {activation, static_cast<float>(low), static_cast<float>(high), 1};
  return step;
}
inline ChainStep& summed(ChainStep& step) {
  step.function = VectorFunction::reduce_sum;
  return step;
}

}  // namespace systolith
