#include <algorithm>
#include <cmath>
#include <limits>

#include "models/ops/support.h"

namespace systolith {
namespace {

// TensorProto.DataType, from onnx.proto3.
DataType target_of(const Node& node) {
  const std::int64_t to = attribute(node, "to", std::int64_t{0});
  switch (to) {
    case 1:
      return DataType::float32;
    case 2:
      return DataType::uint8;
    case 3:
      return DataType::int8;
    case 6:
      return DataType::int32;
    case 7:
      return DataType::int64;
    case 9:
      return DataType::boolean;
    default:
      op_error(node,
               "attribute 'to' is {} (allowed: 1 float32, 2 uint8, 3 int8, 6 int32, 7 int64, 9 "
               "boolean)",
               to);
  }
}

// Towards zero. ONNX leaves open what is out of range: here it saturates to int64 before it wraps;
// NaN gives 0.
std::int64_t truncated(float value, DataType to) {
  if (to == DataType::boolean) return value != 0.0F ? 1 : 0;
  if (std::isnan(value)) return 0;
  constexpr float kLimit = 9223372036854775808.0F;  // 2^63
  if (value >= kLimit) return wrap_to(to, std::numeric_limits<std::int64_t>::max());
  if (value < -kLimit) return wrap_to(to, std::numeric_limits<std::int64_t>::min());
  return wrap_to(to, static_cast<std::int64_t>(value));
}

class Cast : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    return {typed(target_of(node), inputs[0].value->shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const DataType to = target_of(node);
    if (is_floating(x.type) && is_floating(to)) return {x};
    Tensor y = make_tensor(to, x.shape);
    if (is_floating(to))
      std::copy(x.integers.begin(), x.integers.end(), y.floats.begin());
    else if (is_floating(x.type))
      std::transform(x.floats.begin(), x.floats.end(), y.integers.begin(),
                     [&](float value) { return truncated(value, to); });
    else
      std::transform(x.integers.begin(), x.integers.end(), y.integers.begin(),
                     [&](std::int64_t value) { return wrap_to(to, value); });
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> cast = {
    "Cast", "Between float32, int64, int32, int8, uint8 and boolean.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Cast>(); }};

}  // namespace systolith
