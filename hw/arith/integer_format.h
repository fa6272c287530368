// Two's complement and unsigned integers of `kBits` bits: what the integer formats share.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "hw/arith/format.h"

namespace systolith {

template <class Storage, Format kId, int kBits = 8 * sizeof(Storage)>
class IntegerFormat final : public NumberFormat {
  using Limits = std::numeric_limits<Storage>;
  using Code = std::make_unsigned_t<Storage>;
  static constexpr int kUnused = 8 * sizeof(Storage) - kBits;

 public:
  Format id() const override { return kId; }
  Bits width() const override { return Bits(kBits); }
  bool is_float() const override { return false; }

  std::uint64_t encode(double value) const override {
    if (std::isnan(value)) return 0;
    const double bounded =
        std::clamp(value, double{Limits::min() >> kUnused}, double{Limits::max() >> kUnused});
    const auto nearest = static_cast<Storage>(std::nearbyint(bounded));  // ties to even
    return static_cast<Code>(static_cast<Code>(nearest) << kUnused) >> kUnused;
  }

  double decode(std::uint64_t code) const override {
    return static_cast<Storage>(static_cast<Code>(code << kUnused)) >> kUnused;
  }
};

}  // namespace systolith
