#include "models/graph/narrow_float.h"
#include "models/ops/quantization.h"

namespace systolith {
namespace {

DataType quantized_type(const Node& node, const Value* zero_point) {
  const std::optional<DataType> named = type_attribute(node, "output_dtype");
  if (zero_point == nullptr) return named.value_or(DataType::uint8);
  if (named && *named != zero_point->type)
    op_error(node, "output_dtype is {}, but zero point '{}' is {}", to_string(*named),
             zero_point->name, to_string(zero_point->type));
  return zero_point->type;
}

float float_of(const Tensor& x, std::size_t i) {
  return is_floating(x.type) ? x.floats[i] : static_cast<float>(x.integers[i]);
}

class QuantizeLinear : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_type(node, inputs, 0,
                {DataType::float32, DataType::float16, DataType::bfloat16, DataType::int32});
    expect_type(node, inputs, 1, {DataType::float32, DataType::float16, DataType::bfloat16});
    expect_type(node, inputs, 2,
                {DataType::uint8, DataType::int8, DataType::uint16, DataType::int16,
                 DataType::uint4, DataType::int4, DataType::float8e4m3fn, DataType::float8e5m2});
    const Value &x = *inputs[0].value, &scale = *inputs[1].value;
    const Value* zero_point = optional_value(inputs, 2);
    expect_shape_of_scale(node, scale, zero_point);
    const Granularity checked(node, x.shape, scale.shape);
    type_attribute(node, "precision");
    const DataType type = quantized_type(node, zero_point);
    if (is_floating(type) && bits_of(type) > 8)
      op_error(node, "output_dtype {} is no quantised type", to_string(type));
    return {typed(type, x.shape)};
  }

  // Floats have no zero point but 0.
  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &x = *inputs[0], &scale = *inputs[1];
    const Tensor* zero_point = optional_tensor(inputs, 2);
    const DataType precision = type_attribute(node, "precision").value_or(scale.type);
    const DataType type = zero_point != nullptr
                              ? zero_point->type
                              : type_attribute(node, "output_dtype").value_or(DataType::uint8);
    const bool saturates = attribute(node, "saturate", std::int64_t{1}) != 0;
    const Granularity granularity(node, x.shape, scale.shape);
    Tensor y = make_tensor(type, x.shape);
    const auto count = static_cast<std::size_t>(elements(x.shape));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t s = granularity.scale_of(i);
      const float quotient = round_to(
          precision, round_to(precision, float_of(x, i)) / round_to(precision, scale.floats[s]));
      if (is_floating(type))
        y.floats[i] = round_to(type, quotient, saturates ? Beyond::saturate : Beyond::natural);
      else
        y.integers[i] =
            to_code(quotient, zero_point != nullptr ? zero_point->integers[s] : 0, type);
    }
    return {std::move(y)};
  }

  bool keeps_narrow_floats() const override { return true; }
};

}  // namespace

extern const Registration<Op> quantize_linear = {
    "QuantizeLinear", "To integers of 4, 8 or 16 bits or float8, per tensor, per axis or blocked.",
    []() -> std::unique_ptr<Op> { return std::make_unique<QuantizeLinear>(); }};

}  // namespace systolith
