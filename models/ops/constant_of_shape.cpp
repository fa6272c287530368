#include "models/ops/support.h"

namespace systolith {
namespace {

Tensor fill_of(const Node& node) {
  const auto found = node.attributes.find("value");
  if (found == node.attributes.end()) return make_tensor(DataType::float32, {1});
  const Tensor* value = std::get_if<Tensor>(&found->second);
  if (value == nullptr || elements(value->shape) != 1)
    op_error(node, "attribute 'value' must be a tensor of one element");
  return *value;
}

class ConstantOfShape : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_type(node, inputs, 0, {DataType::int64});
    expect_constant(node, inputs, 0, "shape");
    for (const std::int64_t extent : inputs[0].constant->integers)
      if (extent < 0)
        op_error(node, "shape {} has a negative extent", to_string(inputs[0].constant->integers));
    return {typed(fill_of(node).type, inputs[0].constant->integers)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor fill = fill_of(node);
    Tensor y = make_tensor(fill.type, inputs[0]->integers);
    visit_data(fill, y, [](const auto& from, auto& to) { to.assign(to.size(), from[0]); });
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> constant_of_shape = {
    "ConstantOfShape", "A tensor of a given shape, filled with one value.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ConstantOfShape>(); }};

}  // namespace systolith
