#include <cmath>

#include "hw/arith/rounding.h"

namespace systolith {
namespace {

constexpr int kSmallestExponent = -126;  // of a normal number; subnormals share its quantum
constexpr int kFractionBits = 7;

// The upper half of an IEEE binary32: 8 exponent bits, 7 fraction bits.
class Bf16 final : public NumberFormat {
 public:
  Format id() const override { return Format::bf16; }
  Bits width() const override { return Bits(16); }
  bool is_float() const override { return true; }

  // Rounds once, straight from the double: by way of fp32 a tie could be made or broken.
  std::uint64_t encode(double value) const override {
    if (!std::isfinite(value) || value == 0) return to_bf16(static_cast<float>(value));
    const int exponent = std::max(std::ilogb(value), kSmallestExponent);
    const double units = std::nearbyint(std::ldexp(value, kFractionBits - exponent));
    return to_bf16(static_cast<float>(std::ldexp(units, exponent - kFractionBits)));
  }

  double decode(std::uint64_t code) const override {
    return from_bf16(static_cast<std::uint16_t>(code));
  }
};

}  // namespace

extern const Registration<NumberFormat> bf16 = {
    "bf16", "bfloat16: binary32's range with 8 bits of precision.", []() -> const NumberFormat& {
      static const Bf16 format;
      return format;
    }};

}  // namespace systolith
