#include "models/ops/softmax_rows.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

class LogSoftmax : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    softmax_extent(node, inputs[0].value->shape, opset);
    return {*inputs[0].value};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    return {softmax_rows(*inputs[0], softmax_extent(node, inputs[0]->shape, opset), true)};
  }
};

}  // namespace

extern const Registration<Op> log_softmax = {
    "LogSoftmax", "Logarithm of Softmax.",
    []() -> std::unique_ptr<Op> { return std::make_unique<LogSoftmax>(); }};

}  // namespace systolith
