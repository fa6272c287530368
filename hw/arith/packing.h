// How the multiplier of a PE, 8 x 8 bits, serves integers of other widths: hw/rtl/product.sv.
#pragma once

#include <string_view>
#include <vector>

#include "hw/arith/format.h"

namespace systolith {

enum class Packing : std::uint8_t {
  none,   // one multiplier of 8 x 8
  simd,   // two of 8 x 4, side by side (as NVIDIA's tensor cores: int4 at twice int8's rate)
  fused,  // four of 4 x 4 (BitFusion, Sharma et al., ISCA 2018)
};

// A PE does `products` of consecutive contraction indices in `cycles` cycles; one of both is 1.
struct PeRate {
  std::int64_t products = 1, cycles = 1;
};

// Wider operands take several passes of the multiplier's slices (TPU v1 does 8 x 16 bits at half
// and 16 x 16 at a quarter of its rate: Jouppi et al., ISCA 2017). Floats have multipliers of their
// own, one product a cycle.
PeRate pe_rate(Packing packing, Format activations, Format weights);

std::string_view to_string(Packing packing);
const std::vector<std::string_view>& packing_names();
// Requires: one of packing_names() (checked).
Packing packing_from_name(std::string_view name);

}  // namespace systolith
