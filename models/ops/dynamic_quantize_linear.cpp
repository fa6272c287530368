#include <algorithm>
#include <cmath>

#include "models/ops/quantization.h"

namespace systolith {
namespace {

class DynamicQuantizeLinear : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    return {typed(DataType::uint8, inputs[0].value->shape), typed(DataType::float32, {}),
            typed(DataType::uint8, {})};
  }

  std::vector<Tensor> evaluate(const Node& /*node*/, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    float low = 0, high = 0;  // the range includes 0
    for (const float value : x.floats) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
    const float range = high == low ? 1.0F : high - low;
    Tensor scale = make_tensor(DataType::float32, {}), zero = make_tensor(DataType::uint8, {});
    scale.floats[0] = range / 255.0F;
    zero.integers[0] = to_code(-low / scale.floats[0], 0, DataType::uint8);
    Tensor y = make_tensor(DataType::uint8, x.shape);
    for (std::size_t i = 0; i < x.floats.size(); ++i)
      y.integers[i] = to_code(x.floats[i] / scale.floats[0], zero.integers[0], DataType::uint8);
    return {std::move(y), std::move(scale), std::move(zero)};
  }
};

}  // namespace

extern const Registration<Op> dynamic_quantize_linear = {
    "DynamicQuantizeLinear", "To uint8, the scale and zero point from the values' own range.",
    []() -> std::unique_ptr<Op> { return std::make_unique<DynamicQuantizeLinear>(); }};

}  // namespace systolith
