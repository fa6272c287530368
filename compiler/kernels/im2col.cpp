#include "compiler/kernels/im2col.h"

#include <algorithm>

#include "hw/arith/codecs.h"

namespace systolith {
namespace {

// Raw codes: the zero point is in the bias.
void widen(const TensorRows& input, std::int64_t pixel, std::int64_t channel, std::int64_t count,
           std::int16_t* to) {
  with_integer_code(input.tensor->format, [&](auto code) {
    const auto* codes = reinterpret_cast<const decltype(code)*>(input.at(pixel, channel));
    std::transform(codes, codes + count, to, [](auto c) { return static_cast<std::int16_t>(c); });
  });
}

void widen(const TensorRows& input, std::int64_t pixel, std::int64_t channel, std::int64_t count,
           float* to) {
  read_row(input.at(pixel, channel), *input.tensor, count, to);
}

}  // namespace

Contraction contraction_of(const ConvKernel& conv, std::int64_t channels) {
  Contraction result;
  const std::int64_t block = conv.k_channels > 0 ? conv.k_channels : channels;
  for (std::int64_t c = 0; c < channels; c += block) {
    const std::int64_t count = std::min(block, channels - c);
    for (std::int64_t kh = 0; kh < conv.kernel[0]; ++kh)
      for (std::int64_t kw = 0; kw < conv.kernel[1]; ++kw)
        result.segments.push_back({kh, kw, c, count});
    const std::int64_t end = result.length + count * conv.kernel[0] * conv.kernel[1];
    const std::int64_t run = conv.k_rows > 0 ? conv.k_rows : end - result.length;
    while (result.length < end) {
      result.length = std::min(end, result.length + run);
      result.run_ends.push_back(result.length);
    }
  }
  return result;
}

std::array<std::int64_t, 2> conv_extent(const ConvKernel& conv, const KernelTensor& input) {
  std::array<std::int64_t, 2> extent{};
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t window = conv.dilation[d] * (conv.kernel[d] - 1) + 1;
    const std::int64_t padded = input.shape[1 + d] + conv.pads[d] + conv.pads[d + 2];
    extent[d] = (padded - window) / conv.stride[d] + 1;
  }
  return extent;
}

template <class T>
void gather_rows(const ConvKernel& conv, const TensorRows& input, const Contraction& contraction,
                 std::int64_t group, std::int64_t begin, std::int64_t end, T pad,
                 std::int64_t stride, T* rows) {
  const auto& in = input.tensor->shape;
  const auto extent = conv_extent(conv, *input.tensor);
  const std::int64_t first_channel = group * (in[3] / conv.groups);
  for (std::int64_t m = begin; m < end; ++m, rows += stride) {
    const std::int64_t n = m / (extent[0] * extent[1]);
    const std::int64_t origin_h = m / extent[1] % extent[0] * conv.stride[0] - conv.pads[0];
    const std::int64_t origin_w = m % extent[1] * conv.stride[1] - conv.pads[1];
    T* to = rows;
    for (const Segment& segment : contraction.segments) {
      const std::int64_t h = origin_h + segment.kh * conv.dilation[0];
      const std::int64_t w = origin_w + segment.kw * conv.dilation[1];
      if (h < 0 || h >= in[1] || w < 0 || w >= in[2])
        std::fill(to, to + segment.count, pad);
      else
        widen(input, (n * in[1] + h) * in[2] + w, first_channel + segment.channel, segment.count,
              to);
      to += segment.count;
    }
    std::fill(to, rows + stride, T{0});
  }
}

template void gather_rows(const ConvKernel&, const TensorRows&, const Contraction&, std::int64_t,
                          std::int64_t, std::int64_t, std::int16_t, std::int64_t, std::int16_t*);
template void gather_rows(const ConvKernel&, const TensorRows&, const Contraction&, std::int64_t,
                          std::int64_t, std::int64_t, float, std::int64_t, float*);

}  // namespace systolith
