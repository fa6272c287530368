#include "models/ops/gather_elements.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

std::int64_t axis_of(const Node& node, const Shape& shape) {
  return resolve_axis(node, attribute(node, "axis", std::int64_t{0}), rank_of(shape));
}

class Gather : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_type(node, inputs, 1, {DataType::int32, DataType::int64});
    const Value& data = *inputs[0].value;
    Shape out = data.shape;
    const std::int64_t axis = axis_of(node, out);
    const Shape& indices = inputs[1].value->shape;
    out.erase(out.begin() + axis);
    out.insert(out.begin() + axis, indices.begin(), indices.end());
    return {typed(data.type, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& data = *inputs[0];
    const Tensor& indices = *inputs[1];
    const std::int64_t axis = axis_of(node, data.shape);
    const std::int64_t extent = data.shape[static_cast<std::size_t>(axis)];
    ElementOffsets offsets = identity_offsets(data.shape);
    std::vector<std::int64_t> picked;
    for (const std::int64_t index : indices.integers) {
      if (index < -extent || index >= extent)
        op_error(node, "index {} is out of range for axis {} of {}", index, axis,
                 to_string(data.shape));
      picked.push_back(offsets[static_cast<std::size_t>(axis)]
                              [static_cast<std::size_t>(index < 0 ? index + extent : index)]);
    }
    offsets[static_cast<std::size_t>(axis)] = std::move(picked);
    Tensor y = gather_elements(data, offsets);
    y.shape.erase(y.shape.begin() + axis);
    y.shape.insert(y.shape.begin() + axis, indices.shape.begin(), indices.shape.end());
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> gather = {
    "Gather", "Slices along an axis, picked by an integer tensor.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Gather>(); }};

}  // namespace systolith
