#include "models/ops/conv_quantization.h"
#include "models/ops/quantization.h"

namespace systolith {
namespace {

// Inputs: x, its scale and zero point, w with its own, the result's scale and zero point, bias.
enum Input : std::size_t { kX, kXScale, kXZero, kW, kWScale, kWZero, kYScale, kYZero, kBias };

void expect_types(const Node& node, const std::vector<OpInput>& inputs) {
  for (const std::size_t i : {kX, kW}) {
    expect_type(node, inputs, i, {DataType::uint8, DataType::int8});
    expect_type(node, inputs, i + 2, {inputs[i].value->type});
  }
  for (const std::size_t i : {kXScale, kWScale, kYScale})
    expect_type(node, inputs, i, {DataType::float32});
  expect_type(node, inputs, kYZero, {DataType::uint8, DataType::int8});
  expect_type(node, inputs, kBias, {DataType::int32});
}

class QLinearConv : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, kBias, kBias + 1);
    expect_types(node, inputs);
    const Shape &x = inputs[kX].value->shape, &w = inputs[kW].value->shape;
    const Shape shape = checked_conv_shape(node, x, w);
    for (const std::size_t i : {kXScale, kXZero, kYScale, kYZero})
      expect_one_value(node, inputs, i);
    for (const std::size_t i : {kWScale, kWZero})
      expect_one_value_or_per_channel(node, inputs, i, w);
    if (const Value* bias = optional_value(inputs, kBias); bias && bias->shape != Shape{w[0]})
      op_error(node, "bias {} must be {}", to_string(bias->shape), to_string(Shape{w[0]}));
    return {typed(inputs[kYZero].value->type, shape)};
  }

  // The bias is in units of the sums: its scale is x's times w's.
  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const ConvSums sums =
        quantized_conv(node, *inputs[kX], inputs[kXZero], *inputs[kW], inputs[kWZero]);
    const std::vector<float>& w_scale = inputs[kWScale]->floats;
    const Tensor* bias = optional_tensor(inputs, kBias);
    Tensor y = make_tensor(inputs[kYZero]->type, sums.shape);
    const auto channels = static_cast<std::size_t>(sums.shape[1]);
    const std::size_t pixels =
        static_cast<std::size_t>(elements_between(sums.shape, 2, rank_of(sums.shape)));
    for (std::size_t i = 0; i < sums.values.size(); ++i) {
      const std::size_t k = i / pixels % channels;
      const float factor =
          requantization_factor(DataType::float32, inputs[kXScale]->floats[0],
                                w_scale[w_scale.size() == 1 ? 0 : k], inputs[kYScale]->floats[0]);
      const std::int64_t sum = sums.values[i] + (bias != nullptr ? bias->integers[k] : 0);
      y.integers[i] = to_code(static_cast<float>(wrap_to(DataType::int32, sum)) * factor,
                              inputs[kYZero]->integers[0], y.type);
    }
    return {std::move(y)};
  }

  std::int64_t macs(const Node& /*node*/, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    return elements(
        {elements(outputs.at(0)), elements_between(inputs.at(kW), 1, rank_of(inputs.at(kW)))});
  }
};

}  // namespace

extern const Registration<Op> qlinear_conv = {
    "QLinearConv", "Convolution of quantised tensors, weights per tensor or per output channel.",
    []() -> std::unique_ptr<Op> { return std::make_unique<QLinearConv>(); }};

}  // namespace systolith
