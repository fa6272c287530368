#include <algorithm>

#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

class Dropout : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 1, opset < 12 ? 1 : 3);
    expect_constant(node, inputs, 2, "training_mode");
    expect_type(node, inputs, 2, {DataType::boolean});
    const Tensor* training = optional_tensor(constants_of(inputs), 2);
    if (training != nullptr && training->integers.at(0) != 0)
      op_error(node, "training_mode is not supported");
    const Value& x = *inputs[0].value;
    return {x, typed(opset < 10 ? x.type : DataType::boolean, x.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    const Tensor& x = *inputs[0];
    if (node.outputs.size() <= 1) return {x};
    Tensor mask = make_tensor(opset < 10 ? x.type : DataType::boolean, x.shape);
    std::fill(mask.floats.begin(), mask.floats.end(), 1.0F);
    std::fill(mask.integers.begin(), mask.integers.end(), 1);
    return {x, std::move(mask)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return {context.arriving()};
  }
};

}  // namespace

extern const Registration<Op> dropout = {
    "Dropout", "Inference: its input, and a mask of ones.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Dropout>(); }};

}  // namespace systolith
