// Two's complement and unsigned integers: what int8, uint8 and int32 share.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "hw/arith/format.h"

namespace systolith {

template <class Storage, Format kId>
class IntegerFormat final : public NumberFormat {
  using Limits = std::numeric_limits<Storage>;

 public:
  Format id() const override { return kId; }
  Bits width() const override { return Bits(8 * sizeof(Storage)); }
  bool is_float() const override { return false; }

  std::uint64_t encode(double value) const override {
    if (std::isnan(value)) return 0;
    const double bounded = std::clamp(value, double{Limits::min()}, double{Limits::max()});
    const auto nearest = static_cast<Storage>(std::nearbyint(bounded));  // ties to even
    return static_cast<std::make_unsigned_t<Storage>>(nearest);
  }

  double decode(std::uint64_t code) const override {
    return static_cast<Storage>(static_cast<std::make_unsigned_t<Storage>>(code));
  }
};

}  // namespace systolith
