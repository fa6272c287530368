// What a chain's steps say about its values.
#include <algorithm>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {
namespace {

bool reads(const ChainStep& step, int value) {
  return step.a == value || step.b == value || step.bias == value || step.scale == value;
}

}  // namespace

bool ChainKernel::writes(int value) const {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const ChainStep& step) { return step.out == value; });
}

bool ChainKernel::reads_first(int value) const {
  for (const ChainStep& step : steps) {
    if (reads(step, value)) return true;
    if (step.out == value) return false;
  }
  return false;
}

bool ChainKernel::reduces() const {
  return std::any_of(steps.begin(), steps.end(), [](const ChainStep& step) {
    return step.when == ChainStep::When::each && step.function == VectorFunction::reduce_sum;
  });
}

bool ChainKernel::whole_channels() const {
  return std::any_of(steps.begin(), steps.end(), [](const ChainStep& step) {
    return step.across || step.function == VectorFunction::log_softmax ||
           step.function == VectorFunction::one_hot;
  });
}

}  // namespace systolith
