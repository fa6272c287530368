// One kernel on whole tensors: what interpret() is made of.
#pragma once

#include "compiler/kernels/rows.h"

namespace systolith {

struct ConvOperands {
  TensorRows input, weights, output;
  TensorRows residual;  // tensor null: none
  TensorRows bias;      // of a convolution with a walk; tensor null: none
};

// Calls visit(input pixel) for the taps of an output pixel inside the image, in (kh, kw) order.
template <class Visit>
void for_each_tap(const PoolSpec& pool, const std::array<std::int64_t, 4>& in, std::int64_t n,
                  std::int64_t oh, std::int64_t ow, const Visit& visit) {
  for (std::int64_t kh = 0; kh < pool.kernel[0]; ++kh) {
    const std::int64_t h = oh * pool.stride[0] - pool.pads[0] + kh * pool.dilation[0];
    if (h < 0 || h >= in[1]) continue;
    for (std::int64_t kw = 0; kw < pool.kernel[1]; ++kw) {
      const std::int64_t w = ow * pool.stride[1] - pool.pads[1] + kw * pool.dilation[1];
      if (w >= 0 && w < in[2]) visit((n * in[1] + h) * in[2] + w);
    }
  }
}

void execute_conv(const ConvKernel& conv, const ConvOperands& operands);
void execute_map(const MapKernel& map, const TensorRows& a, const TensorRows& b,
                 const TensorRows& output);  // b's tensor null: none
void execute_pool(const PoolSpec& pool, const TensorRows& input, const TensorRows& output);
void execute_lrn(const LrnKernel& lrn, const TensorRows& input, const TensorRows& output);
void execute_softmax(const TensorRows& input, const TensorRows& output);
// `tensors`: by the chain's values; of temporaries empty.
void execute_chain(const ChainKernel& chain, const std::vector<TensorRows>& tensors);
void execute_weight_grad(const WeightGradKernel& kernel, const TensorRows& input,
                         const TensorRows& gradient, const TensorRows& output);
void execute_pool_grad(const PoolSpec& pool, const TensorRows& gradient, const TensorRows& input,
                       const TensorRows& output);
void execute_copy(const CopyKernel& copy, const std::vector<TensorRows>& sources,
                  const TensorRows& output);

}  // namespace systolith
