// The three matrices of a tile's product: sums[m x n] += activations[m x k] x weights[k x n].
#pragma once

#include <cstdint>

namespace systolith {

// The wire numbering used in programs; a value never changes its meaning.
enum class TileOperand : std::uint8_t { weights = 0, sums = 1, activations = 2 };

}  // namespace systolith
