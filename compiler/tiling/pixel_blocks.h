// How the pixels of a tile are cut where the array holds some of them at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/base/units.h"

namespace systolith {

// A box of output pixels. Blocks follow each other in the order of the pixels (n, h, w): they are
// parts of a row, or whole rows, or whole images.
struct PixelBlock {
  std::int64_t batch = 1, height = 1, width = 1;
};

// The blocks of `limit` pixels at most that cut a tile into the fewest; the last of a row, image or
// tile is what is left.
constexpr PixelBlock pixel_block(const PixelBlock& tile, std::int64_t limit) {
  const auto even = [](std::int64_t extent, std::int64_t most) {
    return ceil_div(extent, ceil_div(extent, std::min(extent, most)));
  };
  if (tile.width > limit) return {1, 1, even(tile.width, limit)};
  const std::int64_t rows = limit / tile.width;
  if (tile.height > rows) return {1, even(tile.height, rows), tile.width};
  return {even(tile.batch, rows / tile.height), tile.height, tile.width};
}

constexpr std::int64_t blocks_of(const PixelBlock& tile, std::int64_t limit) {
  const PixelBlock block = pixel_block(tile, limit);
  return ceil_div(tile.batch, block.batch) * ceil_div(tile.height, block.height) *
         ceil_div(tile.width, block.width);
}

}  // namespace systolith
