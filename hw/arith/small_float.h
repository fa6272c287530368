// Binary floats of at most 16 bits, all subsets of binary32: a sign, kExponent bits of exponent
// biased by 2^(kExponent - 1) - 1, kFraction bits of fraction, subnormals.
//   with infinities:  as IEEE 754; the highest exponent is infinity and the NaNs
//   without:          as OCP's E4M3; only the highest code of either sign is no number, a NaN
// Conversions are inline, without tables, for inner loops.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "hw/arith/format.h"

namespace systolith {

template <int kExponent, int kFraction, bool kInfinities>
class SmallFloat {
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr int kLeast = 1 - kBias;  // exponent of the least normal; subnormals share it
  static constexpr int kTop = (1 << kExponent) - 1;

 public:
  using Code = std::conditional_t<(kExponent + kFraction > 7), std::uint16_t, std::uint8_t>;
  static constexpr int kBits = 1 + kExponent + kFraction;
  static constexpr std::uint32_t kSign = 1U << (kBits - 1);
  // What a magnitude above the largest becomes.
  static constexpr std::uint32_t kOverflow =
      kInfinities ? static_cast<std::uint32_t>(kTop) << kFraction : kSign - 1;
  static constexpr std::uint32_t kNan =
      kInfinities ? kOverflow | 1U << (kFraction - 1) : kOverflow;  // quiet

  // The nearest value's code, ties to even. NaN gives kNan of its sign.
  static Code encode(double value) {
    const std::uint32_t sign = std::signbit(value) ? kSign : 0;
    if (value != value) return static_cast<Code>(sign | kNan);
    return static_cast<Code>(sign | magnitude(std::fabs(value)));
  }
  static Code encode(float value) { return encode(static_cast<double>(value)); }

  static float decode(Code code) {
    const std::uint32_t exponent = (code & (kSign - 1U)) >> kFraction;
    std::uint32_t bits = (code & (kSign - 1U)) << (23 - kFraction);
    const bool special = kInfinities ? exponent == kTop : (code & (kSign - 1U)) == kOverflow;
    bits = float_bits(float_of(bits) * kScale);  // exact: subnormals become normal
    if (special) bits = 0x7F800000U | (code & ((1U << kFraction) - 1U)) << (23 - kFraction);
    return float_of(bits | (code & kSign) << (32 - kBits));
  }

 private:
  // 2^(127 - kBias), between the two biases.
  static constexpr float kScale = static_cast<float>(std::uint64_t{1} << (127 - kBias) / 2) *
                                  static_cast<float>(std::uint64_t{1} << (128 - kBias) / 2);

  static float float_of(std::uint32_t bits) {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  static std::uint32_t float_bits(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  // Adding 2^52 units of the last place leaves the processor to round; what it adds to that sum's
  // bits is the number of units. A carry out of the fraction goes on into the exponent.
  static std::uint32_t magnitude(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    int exponent = static_cast<int>(bits >> 52) - 1023;
    if (exponent > kBias + (kInfinities ? 0 : 1)) return kOverflow;
    if (exponent < kLeast) exponent = kLeast;
    const std::uint64_t large = static_cast<std::uint64_t>(exponent - kFraction + 52 + 1023) << 52;
    double sum = 0;
    std::memcpy(&sum, &large, sizeof sum);
    sum += value;
    std::memcpy(&bits, &sum, sizeof bits);
    const auto code = static_cast<std::uint32_t>(bits - large) +
                      (static_cast<std::uint32_t>(exponent - kLeast) << kFraction);
    return code < kOverflow ? code : kOverflow;
  }
};

using Bf16 = SmallFloat<8, 7, true>;
using Fp16 = SmallFloat<5, 10, true>;    // IEEE 754 binary16
using Fp8E5m2 = SmallFloat<5, 2, true>;  // OCP 8-bit Floating Point Specification (OFP8), 1.0
using Fp8E4m3 = SmallFloat<4, 3, false>;

// As a registered format.
template <class Binary, Format kId>
class SmallFloatFormat final : public NumberFormat {
 public:
  Format id() const override { return kId; }
  Bits width() const override { return Bits(Binary::kBits); }
  bool is_float() const override { return true; }
  std::uint64_t encode(double value) const override { return Binary::encode(value); }
  double decode(std::uint64_t code) const override {
    return Binary::decode(static_cast<typename Binary::Code>(code));
  }
};

}  // namespace systolith
