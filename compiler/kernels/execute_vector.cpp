// Kernels of the vector unit alone, and copies.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "compiler/kernels/execute.h"
#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

float binary(BinaryFunction function, float a, float b) {
  switch (function) {
    case BinaryFunction::add:
      return a + b;
    case BinaryFunction::mul:
      return a * b;
    case BinaryFunction::gate:
      return gate_value(a, b);
    case BinaryFunction::none:
      break;
  }
  return a;
}

float scale_of(const KernelTensor& tensor) {
  return is_float(tensor.format) ? 1.0F : tensor.quantization.scale;
}

// The pixel of an operand broadcast over the output's pixel p.
std::int64_t broadcast_pixel(const KernelTensor& operand, const KernelTensor& output,
                             std::int64_t p) {
  const std::int64_t w = p % output.shape[2], h = p / output.shape[2] % output.shape[1];
  const std::int64_t n = p / (output.shape[2] * output.shape[1]);
  const auto at = [&](std::size_t d, std::int64_t i) { return operand.shape[d] == 1 ? 0 : i; };
  return (at(0, n) * operand.shape[1] + at(1, h)) * operand.shape[2] + at(2, w);
}

// One output pixel of a pool, all channels.
class PoolWindow {
 public:
  PoolWindow(const PoolSpec& pool, const TensorRows& input)
      : pool_(pool), input_(input), tap_(static_cast<std::size_t>(input.channels())) {}

  void maximum(std::int64_t n, std::int64_t oh, std::int64_t ow, std::vector<float>& values) {
    std::fill(values.begin(), values.end(), -std::numeric_limits<float>::infinity());
    for_each_tap(pool_, input_.tensor->shape, n, oh, ow, [&](std::int64_t pixel) {
      read(pixel);
      for (std::size_t c = 0; c < tap_.size(); ++c) values[c] = max_value(values[c], tap_[c]);
    });
  }

  // Sums of integers are exact in fp32 up to 2^24: beyond 65,000 taps they need the int32.
  template <class Sum>
  void mean(std::int64_t n, std::int64_t oh, std::int64_t ow, std::vector<float>& values) {
    std::vector<Sum> sums(tap_.size(), Sum{0});
    std::int64_t taps = 0;
    for_each_tap(pool_, input_.tensor->shape, n, oh, ow, [&](std::int64_t pixel) {
      read(pixel);
      for (std::size_t c = 0; c < tap_.size(); ++c) sums[c] += static_cast<Sum>(tap_[c]);
      ++taps;
    });
    const std::int64_t count = pool_.count_padding ? pool_.kernel[0] * pool_.kernel[1] : taps;
    for (std::size_t c = 0; c < values.size(); ++c)
      values[c] =
          pool_mean(static_cast<float>(sums[c]), static_cast<std::int32_t>(count), pool_.scale);
  }

 private:
  void read(std::int64_t pixel) {
    read_row(input_.at(pixel), *input_.tensor, input_.channels(), tap_.data());
  }

  const PoolSpec& pool_;
  const TensorRows& input_;
  std::vector<float> tap_;
};

// Walks a piece's extents from dimension `d` on; codes take `width` bytes.
void copy_piece(const CopyPiece& piece, std::size_t d, const std::uint8_t* source,
                std::uint8_t* destination, std::int64_t width) {
  if (d == piece.extent.size()) {
    std::memcpy(destination, source, static_cast<std::size_t>(width));
    return;
  }
  const bool contiguous = d + 1 == piece.extent.size() && piece.source_strides[d] == 1 &&
                          piece.destination_strides[d] == 1;
  if (contiguous) {
    std::memcpy(destination, source, static_cast<std::size_t>(piece.extent[d] * width));
    return;
  }
  for (std::int64_t i = 0; i < piece.extent[d]; ++i)
    copy_piece(piece, d + 1, source + i * piece.source_strides[d] * width,
               destination + i * piece.destination_strides[d] * width, width);
}

}  // namespace

void execute_map(const MapKernel& map, const TensorRows& a, const TensorRows& b,
                 const TensorRows& output) {
  const std::int64_t channels = output.channels();
  std::vector<float> left(static_cast<std::size_t>(channels)), right(left.size(), 0.0F);
  const ActivationSpec& act = map.activation;
  for (std::int64_t p = 0; p < output.pixels(); ++p) {
    read_row(a.at(broadcast_pixel(*a.tensor, *output.tensor, p)), *a.tensor, a.channels(),
             left.data());
    if (a.channels() == 1) std::fill(left.begin(), left.end(), left[0]);
    if (b.tensor != nullptr) {
      read_row(b.at(broadcast_pixel(*b.tensor, *output.tensor, p)), *b.tensor, b.channels(),
               right.data());
      if (b.channels() == 1) std::fill(right.begin(), right.end(), right[0]);
    }
    for (std::size_t c = 0; c < left.size(); ++c) {
      const float value = binary(map.binary, map.scale_a * left[c], map.scale_b * right[c]);
      left[c] = act(value);
    }
    write_row(left.data(), *output.tensor, channels, output.at(p));
  }
}

void execute_pool(const PoolSpec& pool, const TensorRows& input, const TensorRows& output) {
  const auto& out = output.tensor->shape;
  std::vector<float> values(static_cast<std::size_t>(out[3]));
  PoolWindow window(pool, input);
  for (std::int64_t p = 0; p < output.pixels(); ++p) {
    const std::int64_t n = p / (out[1] * out[2]), h = p / out[2] % out[1], w = p % out[2];
    if (!pool.average)
      window.maximum(n, h, w, values);
    else if (is_float(input.tensor->format))
      window.mean<float>(n, h, w, values);
    else
      window.mean<std::int32_t>(n, h, w, values);
    write_row(values.data(), *output.tensor, out[3], output.at(p));
  }
}

void execute_lrn(const LrnKernel& lrn, const TensorRows& input, const TensorRows& output) {
  const std::int64_t channels = output.channels();
  std::vector<float> in(static_cast<std::size_t>(channels)), out(in.size());
  const LrnParameters parameters{static_cast<std::int32_t>(lrn.size), lrn.alpha, lrn.beta,
                                 lrn.bias};
  const float scale_in = scale_of(*input.tensor), scale_out = 1.0F / scale_of(*output.tensor);
  for (std::int64_t p = 0; p < output.pixels(); ++p) {
    read_row(input.at(p), *input.tensor, channels, in.data());
    for (float& value : in) value = scale_in * value;
    lrn_row(in.data(), out.data(), in.size(), parameters);
    for (float& value : out) value = scale_out * value;
    write_row(out.data(), *output.tensor, channels, output.at(p));
  }
}

void execute_softmax(const TensorRows& input, const TensorRows& output) {
  const std::int64_t channels = output.channels();
  std::vector<float> row(static_cast<std::size_t>(channels));
  const float scale_in = scale_of(*input.tensor), scale_out = 1.0F / scale_of(*output.tensor);
  for (std::int64_t p = 0; p < output.pixels(); ++p) {
    read_row(input.at(p), *input.tensor, channels, row.data());
    for (float& value : row) value = scale_in * value;
    softmax_row(row.data(), row.data(), row.size());
    for (float& value : row) value = scale_out * value;
    write_row(row.data(), *output.tensor, channels, output.at(p));
  }
}

void execute_copy(const CopyKernel& copy, const std::vector<TensorRows>& sources,
                  const TensorRows& output) {
  const std::int64_t width = units_of(output.tensor->format);
  if (copy.fills) {
    const std::vector<float> fill(static_cast<std::size_t>(output.channels()),
                                  static_cast<float>(copy.fill) / scale_of(*output.tensor));
    for (std::int64_t p = 0; p < output.pixels(); ++p)
      write_row(fill.data(), *output.tensor, output.channels(), output.at(p));
  }
  for (std::size_t i = 0; i < copy.pieces.size(); ++i) {
    const CopyPiece& piece = copy.pieces[i];
    copy_piece(piece, 0, sources[i].base + piece.source_offset * width,
               output.base + piece.destination_offset * width, width);
  }
}

}  // namespace systolith
