// Backward kernels on whole tensors.
#include <cstring>
#include <limits>

#include "compiler/kernels/execute.h"
#include "compiler/kernels/gemm.h"
#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

struct Pixel {
  std::int64_t n = 0, h = 0, w = 0;
};

// The pixels of `extent` (n, h, w) box by box, and where runs of k_rows end.
struct PixelOrder {
  std::vector<Pixel> pixels;
  std::vector<std::int64_t> run_ends;

  PixelOrder(const std::array<std::int64_t, 3>& extent, std::array<std::int64_t, 3> box,
             std::int64_t k_rows) {
    for (std::size_t d = 0; d < 3; ++d)
      if (box[d] == 0) box[d] = extent[d];
    for (std::int64_t n = 0; n < extent[0]; n += box[0])
      for (std::int64_t h = 0; h < extent[1]; h += box[1])
        for (std::int64_t w = 0; w < extent[2]; w += box[2])
          append({n, h, w},
                 {std::min(n + box[0], extent[0]), std::min(h + box[1], extent[1]),
                  std::min(w + box[2], extent[2])},
                 k_rows);
  }

  void append(const Pixel& begin, const Pixel& end, std::int64_t k_rows) {
    auto done = static_cast<std::int64_t>(pixels.size());
    for (std::int64_t n = begin.n; n < end.n; ++n)
      for (std::int64_t h = begin.h; h < end.h; ++h)
        for (std::int64_t w = begin.w; w < end.w; ++w) pixels.push_back({n, h, w});
    const auto count = static_cast<std::int64_t>(pixels.size());
    const std::int64_t run = k_rows > 0 ? k_rows : count - done;
    while (done < count) run_ends.push_back(done = std::min(count, done + run));
  }
};

// What one tap reads of the input under every pixel, channel by channel: [channel][pixel].
std::vector<float> tap_rows(const WeightGradKernel& kernel, const TensorRows& input,
                            const PixelOrder& order, std::int64_t kh, std::int64_t kw,
                            std::int64_t first_channel, std::int64_t channels) {
  const auto& in = input.tensor->shape;
  const auto count = order.pixels.size();
  std::vector<float> rows(static_cast<std::size_t>(channels) * count),
      pixel(static_cast<std::size_t>(channels));
  for (std::size_t p = 0; p < count; ++p) {
    const Pixel& at = order.pixels[p];
    const std::int64_t h = at.h * kernel.stride[0] + kh * kernel.dilation[0] - kernel.pads[0];
    const std::int64_t w = at.w * kernel.stride[1] + kw * kernel.dilation[1] - kernel.pads[1];
    if (h < 0 || h >= in[1] || w < 0 || w >= in[2]) continue;
    read_row(input.at((at.n * in[1] + h) * in[2] + w, first_channel), *input.tensor, channels,
             pixel.data());
    for (std::size_t c = 0; c < pixel.size(); ++c) rows[c * count + p] = pixel[c];
  }
  return rows;
}

}  // namespace

void execute_weight_grad(const WeightGradKernel& kernel, const TensorRows& input,
                         const TensorRows& gradient, const TensorRows& output) {
  const auto& dy = gradient.tensor->shape;
  const PixelOrder order({dy[0], dy[1], dy[2]}, kernel.box, kernel.k_rows);
  const auto count = static_cast<std::int64_t>(order.pixels.size());
  const std::int64_t inputs = input.channels() / kernel.groups;
  const std::int64_t outputs = gradient.channels() / kernel.groups;
  std::vector<float> arriving(static_cast<std::size_t>(count * outputs));
  std::vector<float> sums(static_cast<std::size_t>(inputs * outputs));
  for (std::int64_t g = 0; g < kernel.groups; ++g) {
    for (std::int64_t p = 0; p < count; ++p) {
      const Pixel& at = order.pixels[static_cast<std::size_t>(p)];
      read_row(gradient.at((at.n * dy[1] + at.h) * dy[2] + at.w, g * outputs), *gradient.tensor,
               outputs, arriving.data() + p * outputs);
    }
    for (std::int64_t tap = 0; tap < kernel.kernel[0] * kernel.kernel[1]; ++tap) {
      const auto rows = tap_rows(kernel, input, order, tap / kernel.kernel[1],
                                 tap % kernel.kernel[1], g * inputs, inputs);
      gemm_ordered({inputs, count, outputs}, order.run_ends, rows.data(), arriving.data(),
                   sums.data());
      for (std::int64_t c = 0; c < inputs; ++c)
        write_row(sums.data() + c * outputs, *output.tensor, outputs,
                  output.at(tap * inputs + c, g * outputs));
    }
  }
}

void execute_pool_grad(const PoolSpec& pool, const TensorRows& gradient, const TensorRows& input,
                       const TensorRows& output) {
  const auto &in = input.tensor->shape, &out = gradient.tensor->shape;
  const auto channels = static_cast<std::size_t>(in[3]);
  std::vector<float> sums(static_cast<std::size_t>(input.pixels()) * channels, 0.0F);
  std::vector<float> tap(channels), best(channels), arriving(channels);
  std::vector<float*> largest(channels);
  for (std::int64_t p = 0; p < gradient.pixels(); ++p) {
    std::fill(best.begin(), best.end(), -std::numeric_limits<float>::infinity());
    std::fill(largest.begin(), largest.end(), nullptr);
    const std::int64_t n = p / (out[1] * out[2]), oh = p / out[2] % out[1], ow = p % out[2];
    for_each_tap(pool, in, n, oh, ow, [&](std::int64_t pixel) {
      read_row(input.at(pixel), *input.tensor, in[3], tap.data());
      for (std::size_t c = 0; c < channels; ++c) {
        if (!(tap[c] > best[c])) continue;
        best[c] = tap[c];
        largest[c] = sums.data() + static_cast<std::size_t>(pixel) * channels + c;
      }
    });
    read_row(gradient.at(p), *gradient.tensor, in[3], arriving.data());
    for (std::size_t c = 0; c < channels; ++c)
      if (largest[c] != nullptr) *largest[c] += arriving[c];
  }
  for (std::int64_t p = 0; p < output.pixels(); ++p)
    write_row(sums.data() + static_cast<std::size_t>(p) * channels, *output.tensor, in[3],
              output.at(p));
}

}  // namespace systolith
