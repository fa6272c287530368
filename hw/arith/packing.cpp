#include "hw/arith/packing.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

// Bits of one slice's operands, and how many slices a PE has.
struct Slices {
  std::int64_t wide, narrow, count;
};

constexpr Slices slices_of(Packing packing) {
  if (packing == Packing::none) return {8, 8, 1};
  return packing == Packing::simd ? Slices{8, 4, 2} : Slices{4, 4, 4};
}

constexpr std::int64_t bits_of(Format format) {
  return 8 * units_of(format) / units_per_byte(format);
}

}  // namespace

PeRate pe_rate(Packing packing, Format activations, Format weights) {
  if (is_float(activations) || is_float(weights)) return {};
  const Slices slices = slices_of(packing);
  const std::int64_t needed =
      ceil_div(bits_of(activations), slices.wide) * ceil_div(bits_of(weights), slices.narrow);
  if (needed <= slices.count) return {slices.count / needed, 1};
  return {1, ceil_div(needed, slices.count)};
}

const std::vector<std::string_view>& packing_names() {
  static const std::vector<std::string_view> names = {"none", "simd", "fused"};  // as numbered
  return names;
}

std::string_view to_string(Packing packing) {
  return packing_names().at(static_cast<std::size_t>(packing));
}

Packing packing_from_name(std::string_view name) {
  const auto& names = packing_names();
  const auto found = std::find(names.begin(), names.end(), name);
  SYSTOLITH_CHECK(found != names.end(), "no packing is called '{}'", name);
  return static_cast<Packing>(found - names.begin());
}

}  // namespace systolith
