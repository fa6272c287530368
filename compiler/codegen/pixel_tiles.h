// Boxes of a convolution's output pixels.
#pragma once

#include <vector>

#include "compiler/tiling/conv_tiling.h"

namespace systolith {

struct PixelTile {
  std::int64_t n = 0, batch = 0, h = 0, height = 0, w = 0, width = 0;
  std::int64_t pixels() const { return batch * height * width; }
};

// The tiles of a whole output.
std::vector<PixelTile> pixel_tiles(const ConvProblem& problem, const ConvTiling& tiling);
// The parts of a tile that the array holds at a time, in the order of the pixels.
std::vector<PixelTile> held_blocks(const PixelTile& tile, std::int64_t limit);

}  // namespace systolith
