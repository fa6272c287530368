// Real numbers to integer codes: activations per tensor, weights per output channel.
#pragma once

#include <vector>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/quantize/calibration.h"

namespace systolith {

// Asymmetric codes of a range: scale (high - low) / 255 (int8) or / 15 (int4), real 0 exact at the
// zero point; of int16 symmetric ones, max(-low, high) / 32767 and zero point 0. An empty range
// gives scale 1, zero point 0.
Quantization quantization_of(const Range& range, Format format);
// The quantisation, among those of parts of the range in steps of 1/32 at either end, that rounds
// and clips what was seen with the least squared error.
Quantization clipped_quantization(const Sighting& sighting, Format format);

// A convolution's constants as ConvKernel wants them.
struct ConvConstants {
  std::vector<std::uint8_t> weights;  // [group][kh][kw][c / groups][k / groups]
  std::vector<double> weight_scale;   // int8: per output channel
  std::vector<std::int32_t> bias_int;
  std::vector<float> bias_float;  // empty where the convolution has none
};

// `weights` is [k, c / groups, kh, kw], `bias` null or [k].
// Symmetric codes in [-32767, 32767] (int16), [-127, 127] (int8) or [-7, 7] (int4), the narrow ones
// a byte each. weight_scale is max|w| / 127 (/ 32767) or, for int4, whatever fraction of max|w| / 7
// (of those from 0.5 up in steps of 0.05) rounds and clips the channel with the least squared
// error; more where the bias would not fit (|bias| <= 2^30 units of input scale * weight scale) or,
// with `operands` int16, where some input could make a sum leave int32; bias_int is the rounded
// bias minus zero_point * (sum of the channel's codes). UserError naming `layer` where it leaves
// int32. `expected`, not empty: the mean of what each weight meets, [c, kh, kw] of all groups; the
// bias then makes up for what rounding the weights adds to the mean of the output (Nagel et al.,
// "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019).
ConvConstants quantize_conv(const std::string& layer, const Tensor& weights, const Tensor* bias,
                            std::int64_t groups, const Quantization& input, Format format,
                            const std::vector<double>& expected = {},
                            Format operands = Format::int8);
// Weights that are codes times `scales` (one, or one per output channel), as int8; `bias`, empty or
// one per channel, in units of input scale * weight scale. UserError as above, and where a code
// leaves int8.
ConvConstants encoded_conv(const std::string& layer, const Tensor& weights,
                           const std::vector<float>& scales, const std::vector<std::int64_t>& bias,
                           std::int64_t groups, std::int32_t input_zero_point);
// Codes of `format`, a float; fp32 bias.
ConvConstants convert_conv(const Tensor& weights, const Tensor* bias, std::int64_t groups,
                           Format format);

}  // namespace systolith
