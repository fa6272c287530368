#include "models/ops/conv_quantization.h"

namespace systolith {

void expect_one_value(const Node& node, const std::vector<OpInput>& inputs, std::size_t index) {
  const Value* value = optional_value(inputs, index);
  if (value != nullptr && elements(value->shape) != 1)
    op_error(node, "'{}' {} must be a scalar", value->name, to_string(value->shape));
}

void expect_one_value_or_per_channel(const Node& node, const std::vector<OpInput>& inputs,
                                     std::size_t index, const Shape& weights) {
  const Value* value = optional_value(inputs, index);
  if (value == nullptr || elements(value->shape) == 1) return;
  const Shape channels = {weights.empty() ? 0 : weights[0]};
  if (value->shape != channels)
    op_error(node, "'{}' {} must be a scalar or {}", value->name, to_string(value->shape),
             to_string(channels));
}

Shape checked_conv_shape(const Node& node, const Shape& x, const Shape& weights) {
  const SpatialGeometry geometry = conv_geometry(node, x, weights);
  check_conv_channels(node, x, weights);
  return geometry.output_shape(x[0], weights[0]);
}

ConvSums quantized_conv(const Node& node, const Tensor& x, const Tensor* x_zero, const Tensor& w,
                        const Tensor* w_zero) {
  const SpatialGeometry geometry = conv_geometry(node, x.shape, w.shape);
  Tensor zero;
  if (w_zero != nullptr) {
    zero = *w_zero;
    if (zero.integers.size() > 1) {
      zero.shape.assign(w.shape.size(), 1);
      zero.shape[0] = w.shape[0];
    } else {
      zero.shape.clear();
    }
    w_zero = &zero;
  }
  Tensor one;
  if (x_zero != nullptr) {
    one = *x_zero;
    one.shape.clear();
    x_zero = &one;
  }
  return {geometry.output_shape(x.shape[0], w.shape[0]),
          integer_conv(geometry, attribute(node, "group", std::int64_t{1}), x.shape,
                       centred(x, x_zero), w.shape, centred(w, w_zero))};
}

}  // namespace systolith
