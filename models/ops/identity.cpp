#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

class Identity : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    return {*inputs[0].value};
  }

  std::vector<Tensor> evaluate(const Node& /*node*/, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    return {*inputs[0]};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return {context.arriving()};
  }
};

}  // namespace

extern const Registration<Op> identity = {
    "Identity", "Its input.", []() -> std::unique_ptr<Op> { return std::make_unique<Identity>(); }};

}  // namespace systolith
