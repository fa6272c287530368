#include <cstring>

#include "hw/arith/format.h"

namespace systolith {
namespace {

// IEEE 754 binary32.
class Fp32 final : public NumberFormat {
 public:
  Format id() const override { return Format::fp32; }
  Bits width() const override { return Bits(32); }
  bool is_float() const override { return true; }

  std::uint64_t encode(double value) const override {
    const auto nearest = static_cast<float>(value);
    std::uint32_t code = 0;
    std::memcpy(&code, &nearest, sizeof code);
    return code;
  }

  double decode(std::uint64_t code) const override {
    const auto bits = static_cast<std::uint32_t>(code);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
};

}  // namespace

extern const Registration<NumberFormat> fp32 = {
    "fp32", "IEEE binary32; sums of floating-point products.", []() -> const NumberFormat& {
      static const Fp32 format;
      return format;
    }};

}  // namespace systolith
