#include <algorithm>

#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

std::int64_t axis_of(const Node& node, const Shape& shape) {
  return resolve_axis(node, attribute(node, "axis", std::int64_t{0}), rank_of(shape));
}

class Concat : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, kUnbounded);
    if (node.attributes.count("axis") == 0) op_error(node, "attribute 'axis' is missing");
    Shape out = inputs[0].value->shape;
    const auto axis = static_cast<std::size_t>(axis_of(node, out));
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      if (inputs[i].value == nullptr) op_error(node, "input {} must not be left out", i);
      expect_type(node, inputs, i, {inputs[0].value->type});
      const Shape& next = inputs[i].value->shape;
      Shape expected = out;
      if (next.size() == out.size()) expected[axis] = next[axis];
      if (next != expected)
        op_error(node, "inputs {} and {} must agree in every dimension but axis {}",
                 to_string(inputs[0].value->shape), to_string(next), axis);
      out[axis] += next[axis];
    }
    return {typed(inputs[0].value->type, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    Shape shape = inputs[0]->shape;
    const std::int64_t axis = axis_of(node, shape);
    shape[static_cast<std::size_t>(axis)] = 0;
    for (const Tensor* input : inputs)
      shape[static_cast<std::size_t>(axis)] += input->shape[static_cast<std::size_t>(axis)];
    Tensor y = make_tensor(inputs[0]->type, shape);
    std::int64_t offset = 0;  // in each outer row of the output
    for (const Tensor* input : inputs) {
      const std::int64_t outer = elements_between(shape, 0, axis);
      const std::int64_t row = elements_between(shape, axis, rank_of(shape));
      const std::int64_t run = elements_between(input->shape, axis, rank_of(shape));
      visit_data(*input, y, [&](const auto& from, auto& to) {
        for (std::int64_t i = 0; i < outer; ++i)
          std::copy_n(from.begin() + i * run, run, to.begin() + i * row + offset);
      });
      offset += run;
    }
    return {std::move(y)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const std::int64_t axis = axis_of(context.node(), context.shape(0));
    std::vector<std::int64_t> sizes;
    for (std::size_t i = 0; i < context.node().inputs.size(); ++i)
      sizes.push_back(context.shape(i)[static_cast<std::size_t>(axis)]);
    std::map<std::string, Attribute> attributes = {{"axis", axis}};
    std::vector<std::string> inputs = {context.arriving()};
    if (context.opset() < 13)
      attributes["split"] = sizes;
    else
      inputs.push_back(context.append.integers("sizes", sizes));
    return context.append.node_with_outputs("Split", inputs, sizes.size(), attributes);
  }
};

}  // namespace

extern const Registration<Op> concat = {
    "Concat", "Tensors one after the other along an axis.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Concat>(); }};

}  // namespace systolith
