// In which order a mapping's tiles, and the array tiles within one, are taken.
#pragma once

#include <vector>

#include "compiler/codegen/weight_packing.h"

namespace systolith {

// One depth block of one output tile.
struct MappedStep {
  std::size_t pixel_tile = 0;   // index in pixel_tiles()
  std::size_t weight_tile = 0;  // in PackedWeights::tiles
  std::size_t block = 0;        // in PackedTile::blocks
  std::int64_t turn = 0;        // the output tile's number, in the order of the loops
};
// Requires: tiling.mapped.
std::vector<MappedStep> mapped_steps(const ConvProblem& problem, const ConvTiling& tiling);

// Puts a block's tiles into the order of mapped.products.
void order_products(std::vector<ArrayTile>& tiles, const MappedLoops& mapped,
                    const WeightBlock& block);

}  // namespace systolith
