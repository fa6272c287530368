// What the convolutions of codes share.
#pragma once

#include "models/ops/integer_product.h"

namespace systolith {

// UserError unless the input, where given, has one element, or one per output channel of weights
// [k, ...].
void expect_one_value(const Node& node, const std::vector<OpInput>& inputs, std::size_t index);
void expect_one_value_or_per_channel(const Node& node, const std::vector<OpInput>& inputs,
                                     std::size_t index, const Shape& weights);

// Checks that the weights' channels and groups go with the input's.
Shape checked_conv_shape(const Node& node, const Shape& x, const Shape& weights);

struct ConvSums {
  Shape shape;
  Int32s values;
};
// The convolution of the codes less their zero points; null: 0.
ConvSums quantized_conv(const Node& node, const Tensor& x, const Tensor* x_zero, const Tensor& w,
                        const Tensor* w_zero);

}  // namespace systolith
