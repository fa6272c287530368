#include "compiler/quantize/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "hw/arith/codecs.h"
#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

// Where weights lie in the graph and in the kernel.
struct WeightLayout {
  WeightLayout(const Tensor& weights, std::int64_t groups)
      : outputs(weights.shape[0]),
        inputs(weights.shape[1]),
        taps(weights.shape[2] * weights.shape[3]),
        group_outputs(outputs / groups) {}

  std::int64_t row() const { return inputs * taps; }  // of one output channel

  std::int64_t outputs, inputs, taps, group_outputs;
};

constexpr std::int64_t kTile = 64;  // output channels transposed at a time

// Elements between the rows of a tile: an odd number of cache lines, so that a column's elements
// spread over all sets of the cache.
std::int64_t tile_pitch(const WeightLayout& layout) {
  constexpr std::int64_t kLine = 64;
  return (ceil_div(layout.row(), kLine) | 1) * kLine;
}

// `count` rows of codes in [c][tap] order to columns of [tap][c][k / groups].
template <class Code>
void transpose_tile(const WeightLayout& layout, const Code* rows, std::int64_t first,
                    std::int64_t count, Code* codes) {
  const std::int64_t pitch = tile_pitch(layout);
  const std::int64_t group = first / layout.group_outputs;
  Code* to = codes + group * layout.row() * layout.group_outputs + first % layout.group_outputs;
  for (std::int64_t c = 0; c < layout.inputs; ++c)
    for (std::int64_t tap = 0; tap < layout.taps; ++tap) {
      const Code* from = rows + c * layout.taps + tap;
      Code* line = to + (tap * layout.inputs + c) * layout.group_outputs;
      for (std::int64_t k = 0; k < count; ++k) line[k] = from[k * pitch];
    }
}

// encode(output channel, its row of floats, its row of codes) for every channel, then transposed.
template <class Code, class Encode>
std::vector<std::uint8_t> encode_weights(const WeightLayout& layout, const Tensor& weights,
                                         const Encode& encode) {
  std::vector<std::uint8_t> bytes(weights.floats.size() * sizeof(Code));
  auto* codes = reinterpret_cast<Code*>(bytes.data());
  std::vector<Code> rows(static_cast<std::size_t>(kTile * tile_pitch(layout)));
  for (std::int64_t k = 0; k < layout.outputs;) {
    const std::int64_t left = layout.group_outputs - k % layout.group_outputs;
    const std::int64_t count = std::min(kTile, left);
    for (std::int64_t i = 0; i < count; ++i)
      encode(k + i, weights.floats.data() + (k + i) * layout.row(),
             rows.data() + i * tile_pitch(layout));
    transpose_tile(layout, rows.data(), k, count, codes);
    k += count;
  }
  return bytes;
}

float largest_magnitude(const float* values, std::int64_t count) {
  constexpr std::int64_t kLanes = 8;
  std::array<float, kLanes> lanes{};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::int64_t l = 0; l < kLanes; ++l) {
      const float magnitude = std::fabs(values[i + l]);
      float& lane = lanes[static_cast<std::size_t>(l)];
      lane = magnitude > lane ? magnitude : lane;
    }
  for (; i < count; ++i) lanes[0] = std::max(lanes[0], std::fabs(values[i]));
  return *std::max_element(lanes.begin(), lanes.end());
}

float largest_code(Format format) { return static_cast<float>(code_range(format).high); }

// The least scale of a channel's weights at which no sum of products with int16 activations leaves
// int32, whatever they are: what the codes add up to, |w| / scale and half a code of rounding each,
// times 2^15, and the bias, at most 2^30, stay below 2^31 for up to 2^15 products (the bound on the
// 1-norm of Colbert et al., "A2Q: Accumulator-Aware Quantization with Guaranteed Overflow
// Avoidance", ICCV 2023).
double overflow_free_scale(const float* row, std::int64_t count) {
  double norm = 0;
  for (std::int64_t i = 0; i < count; ++i) norm += std::fabs(double{row[i]});
  return norm / (1 << 14);
}

float code_of(float weight, float inverse_scale, float largest) {
  return round_half_even(std::min(std::max(weight * inverse_scale, -largest), largest));
}

// Sum of the squared errors of a channel quantised with this scale.
double squared_error(const float* row, std::int64_t count, double scale, float largest) {
  const auto inverse = static_cast<float>(1 / scale);
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const double miss = double{row[i]} - scale * double{code_of(row[i], inverse, largest)};
    sum += miss * miss;
  }
  return sum;
}

// With 15 codes, clipping the few largest weights costs less than a coarser step for all.
double clipped_scale(const float* row, std::int64_t count, double widest, float largest) {
  double best = widest, least = squared_error(row, count, widest, largest);
  for (int twentieths = 19; twentieths >= 10; --twentieths) {
    const double scale = widest * twentieths / 20;
    const double error = squared_error(row, count, scale, largest);
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

double weight_scale_of(const float* row, std::int64_t count, float bias, double input_scale,
                       Format format, Format operands) {
  constexpr double kLargestBias = 1 << 30;  // room for the zero point's correction
  const float largest = largest_code(format);
  double scale = double{largest_magnitude(row, count)} / double{largest};
  if (format == Format::int4 && scale > 0) scale = clipped_scale(row, count, scale, largest);
  scale = std::max(scale, std::fabs(double{bias}) / (input_scale * kLargestBias));
  if (operands == Format::int16) scale = std::max(scale, overflow_free_scale(row, count));
  return scale > 0 ? scale : 1;
}

}  // namespace

Quantization quantization_of(const Range& range, Format format) {
  const auto [lowest, highest] = code_range(format);
  const double low = std::min(range.low, 0.0F), high = std::max(range.high, 0.0F);
  const auto scale = static_cast<float>((high - low) / (highest - lowest));
  if (format == Format::int16) {
    const auto symmetric = static_cast<float>(std::max(-low, high) / highest);
    return {symmetric >= std::numeric_limits<float>::min() ? symmetric : 1, 0};
  }
  // Below the normal numbers 1 / scale overflows.
  if (!(scale >= std::numeric_limits<float>::min())) return {};
  const double zero = std::nearbyint(lowest - low / double{scale});
  return {scale, std::clamp(static_cast<std::int32_t>(zero), lowest, highest)};
}

namespace {

double squared_error(const std::vector<Histogram::Bin>& bins, const Quantization& q,
                     const CodeRange& codes) {
  const double scale = double{q.scale};
  const double low = codes.low - q.zero_point, high = codes.high - q.zero_point;
  double sum = 0;
  for (const Histogram::Bin& bin : bins) {
    const double steps = std::clamp(std::nearbyint(bin.value / scale), low, high);
    const double miss = bin.value - scale * steps;
    sum += static_cast<double>(bin.count) * miss * miss;
  }
  return sum;
}

}  // namespace

Quantization clipped_quantization(const Sighting& sighting, Format format) {
  constexpr int kWhole = 32;
  const std::vector<Histogram::Bin> bins = sighting.histogram.bins();
  Quantization best;
  double least = std::numeric_limits<double>::infinity();
  int low = kWhole, high = kWhole;  // of the range, in 32nds
  const auto try_parts = [&](int of_low, int of_high) {
    const Range part{sighting.range.low * static_cast<float>(of_low) / kWhole,
                     sighting.range.high * static_cast<float>(of_high) / kWhole};
    const Quantization q = quantization_of(part, format);
    const double error = squared_error(bins, q, code_range(format));
    if (!(error < least)) return;
    least = error;
    best = q;
    low = of_low;
    high = of_high;
  };
  for (int part = kWhole; part > 0; --part) try_parts(part, part);
  for (int part = kWhole, fixed = high; part > 0; --part) try_parts(part, fixed);
  for (int part = kWhole, fixed = low; part > 0; --part) try_parts(fixed, part);
  return best;
}

namespace {

template <class Code>
ConvConstants quantize_into(const std::string& layer, const Tensor& weights, const Tensor* bias,
                            std::int64_t groups, const Quantization& input, Format format,
                            const std::vector<double>& expected, Format operands) {
  const WeightLayout layout(weights, groups);
  ConvConstants result;
  result.weight_scale.resize(static_cast<std::size_t>(layout.outputs));
  result.bias_int.resize(static_cast<std::size_t>(layout.outputs));
  const auto encode = [&](std::int64_t k, const float* row, Code* codes) {
    const auto channel = static_cast<std::size_t>(k);
    const float b = bias != nullptr ? bias->floats[channel] : 0.0F;
    const double scale =
        weight_scale_of(row, layout.row(), b, double{input.scale}, format, operands);
    const auto inverse = static_cast<float>(1 / scale);
    const float largest = largest_code(format);
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < layout.row(); ++i) {
      codes[i] = static_cast<Code>(code_of(row[i], inverse, largest));
      sum += codes[i];
    }
    double mean_bias = double{b};
    if (!expected.empty()) {
      const double* met = expected.data() + k / layout.group_outputs * layout.row();
      for (std::int64_t i = 0; i < layout.row(); ++i)
        mean_bias += (double{row[i]} - scale * codes[i]) * met[i];
    }
    const double total = std::nearbyint(mean_bias / (double{input.scale} * scale)) -
                         static_cast<double>(sum) * input.zero_point;
    if (!(std::fabs(total) <= std::numeric_limits<std::int32_t>::max()))
      user_error(
          "layer '{}': the bias of output channel {} is {} in units of its accumulator,"
          " beyond int32",
          layer, k, total);
    result.weight_scale[channel] = scale;
    result.bias_int[channel] = static_cast<std::int32_t>(total);
  };
  result.weights = encode_weights<Code>(layout, weights, encode);
  return result;
}

}  // namespace

ConvConstants quantize_conv(const std::string& layer, const Tensor& weights, const Tensor* bias,
                            std::int64_t groups, const Quantization& input, Format format,
                            const std::vector<double>& expected, Format operands) {
  return with_integer_code(format, [&](auto code) {
    return quantize_into<decltype(code)>(layer, weights, bias, groups, input, format, expected,
                                         operands);
  });
}

ConvConstants encoded_conv(const std::string& layer, const Tensor& weights,
                           const std::vector<float>& scales, const std::vector<std::int64_t>& bias,
                           std::int64_t groups, std::int32_t input_zero_point) {
  const WeightLayout layout(weights, groups);
  ConvConstants result;
  const auto encode = [&](std::int64_t k, const float* row, std::int8_t* codes) {
    const auto channel = static_cast<std::size_t>(k);
    const float scale = scales.at(scales.size() == 1 ? 0 : channel);
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < layout.row(); ++i) {
      const float code = std::nearbyint(row[i] / scale);
      if (code < -128 || code > 127)
        user_error(
            "layer '{}': a weight less its zero point is {}, the int8 array takes -128 to 127",
            layer, code);
      codes[i] = static_cast<std::int8_t>(code);
      sum += codes[i];
    }
    const std::int64_t total = (bias.empty() ? 0 : bias.at(channel)) - sum * input_zero_point;
    if (std::abs(total) > std::numeric_limits<std::int32_t>::max())
      user_error(
          "layer '{}': the bias of output channel {}, less the zero point's share, is {}, "
          "beyond int32",
          layer, k, total);
    result.weight_scale.push_back(double{scale});
    result.bias_int.push_back(static_cast<std::int32_t>(total));
  };
  result.weights = encode_weights<std::int8_t>(layout, weights, encode);
  return result;
}

ConvConstants convert_conv(const Tensor& weights, const Tensor* bias, std::int64_t groups,
                           Format format) {
  const WeightLayout layout(weights, groups);
  ConvConstants result;
  with_float_codec(format, [&](auto codec) {
    using Code = typename decltype(codec)::Code;
    result.weights =
        encode_weights<Code>(layout, weights, [&](std::int64_t, const float* row, Code* codes) {
          std::transform(row, row + layout.row(), codes,
                         [codec](float weight) { return codec.encode(weight); });
        });
  });
  if (bias != nullptr) result.bias_float = bias->floats;
  return result;
}

}  // namespace systolith
