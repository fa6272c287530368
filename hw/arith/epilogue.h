// The scalar rules of the vector unit, to the bit. All arithmetic is IEEE binary32, round to
// nearest even, no fused multiply-add, in the order written. The machine and the compiler's
// reference interpreter both call these, each with loops of its own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "hw/arith/rounding.h"

namespace systolith {

// e^x and ln(x) for the functions below: binary64 in a fixed order of operations (a libm may differ
// from host to host), within 2 ulp; the callers round the result to binary32 once.
double exp_fixed(double x);
double log_fixed(double x);  // Requires: x > 0, finite

// The wire numbering used in programs; a value never changes its meaning.
enum class Activation : std::uint8_t {
  none = 0,
  clamp = 1,         // min(max(x, low), high); NaN stays
  sigmoid = 2,       // 1 / (1 + e^-x)
  tanh = 3,          // (1 - e^-2|x|) / (1 + e^-2|x|), with the sign of x
  leaky_relu = 4,    // x < 0 ? low * x : x
  hard_sigmoid = 5,  // min(max(low * x + high, 0), 1)
  hard_swish = 6,    // x * min(max(x * (1/6) + 0.5, 0), 1)
  square = 7,        // x * x
  exp = 8,           // e^x
  sqrt = 9,          // square root, NaN below 0
  rsqrt = 10,        // 1 / sqrt(x + low)
  reciprocal = 11,   // 1 / (x + low)
};

inline float clamp_value(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}
// All but none and clamp.
float apply_curve(Activation activation, float x, float low, float high);
inline float apply(Activation activation, float x, float low, float high) {
  if (activation == Activation::none) return x;
  if (activation == Activation::clamp) return clamp_value(x, low, high);
  return apply_curve(activation, x, low, high);
}

// What a gate lets through.
inline float gate_value(float x, float gate) { return gate > 0 ? x : 0.0F; }

// A pool's maximum, taps in (kh, kw) order, from -infinity: NaN never wins, and of +0 and -0 the
// first stays.
inline float max_value(float best, float x) { return x > best ? x : best; }

// A pool's mean. `sum` is of the taps' (a - zero_a), taps in (kh, kw) order: exact in int32 for
// integers (converted once), in fp32 from +0 for floats. `count` is the divisor; a window of
// padding alone (0) gives 0.
inline float pool_mean(float sum, std::int32_t count, float scale) {
  return count == 0 ? 0.0F : scale * sum / static_cast<float>(count);
}

struct LrnParameters {
  std::int32_t size = 1;
  float alpha = 0, beta = 0, bias = 0;
};

// Local response normalisation of one pixel's `count` channels (ONNX LRN):
//   out[c] = in[c] * float(e^(-beta * ln(bias + (alpha / size) * sum of in[i]^2)))
// over i from max(0, c - floor((size - 1) / 2)) to min(count - 1, c + ceil((size - 1) / 2)), summed
// upwards from +0. Requires: in and out don't overlap; the base of the power is positive.
void lrn_row(const float* in, float* out, std::size_t count, const LrnParameters& parameters);

// Softmax of a row: e[i] = float(e^(in[i] - max)), out[i] = e[i] / (sum of e, upwards from +0).
// Requires: count >= 1; in and out may be the same.
void softmax_row(const float* in, float* out, std::size_t count);
// out[i] = (in[i] - max) - float(ln(sum of e)), e and sum as in softmax_row. A row with a NaN is
// NaN.
void log_softmax_row(const float* in, float* out, std::size_t count);

}  // namespace systolith
