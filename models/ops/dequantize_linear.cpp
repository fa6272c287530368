#include "models/graph/narrow_float.h"
#include "models/ops/quantization.h"

namespace systolith {
namespace {

class DequantizeLinear : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_type(
        node, inputs, 0,
        {DataType::uint8, DataType::int8, DataType::uint16, DataType::int16, DataType::uint4,
         DataType::int4, DataType::int32, DataType::float8e4m3fn, DataType::float8e5m2});
    expect_type(node, inputs, 1, {DataType::float32, DataType::float16, DataType::bfloat16});
    const Value &x = *inputs[0].value, &scale = *inputs[1].value;
    expect_type(node, inputs, 2, {x.type});
    expect_shape_of_scale(node, scale, optional_value(inputs, 2));
    const Granularity checked(node, x.shape, scale.shape);
    const DataType type = type_attribute(node, "output_dtype").value_or(scale.type);
    if (!is_floating(type) || bits_of(type) < 16)
      op_error(node, "output_dtype {} is no float of 16 or 32 bits", to_string(type));
    return {typed(type, x.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &x = *inputs[0], &scale = *inputs[1];
    const Tensor* zero_point = optional_tensor(inputs, 2);
    const Granularity granularity(node, x.shape, scale.shape);
    Tensor y = make_tensor(type_attribute(node, "output_dtype").value_or(scale.type), x.shape);
    for (std::size_t i = 0; i < y.floats.size(); ++i) {
      const std::size_t s = granularity.scale_of(i);
      const float difference =
          is_floating(x.type)
              ? x.floats[i]  // their zero point is 0
              : static_cast<float>(x.integers[i] -
                                   (zero_point != nullptr ? zero_point->integers[s] : 0));
      y.floats[i] = round_to(y.type, difference * scale.floats[s]);
    }
    return {std::move(y)};
  }

  bool keeps_narrow_floats() const override { return true; }
};

}  // namespace

extern const Registration<Op> dequantize_linear = {
    "DequantizeLinear", "Codes, less their zero point, times their scale.",
    []() -> std::unique_ptr<Op> { return std::make_unique<DequantizeLinear>(); }};

}  // namespace systolith
