#include "compiler/codegen/pixel_tiles.h"

#include <algorithm>

#include "compiler/tiling/pixel_blocks.h"

namespace systolith {
namespace {

std::vector<PixelTile> cut(const PixelTile& whole, const PixelBlock& part) {
  std::vector<PixelTile> tiles;
  for (std::int64_t n = 0; n < whole.batch; n += part.batch)
    for (std::int64_t h = 0; h < whole.height; h += part.height)
      for (std::int64_t w = 0; w < whole.width; w += part.width)
        tiles.push_back({whole.n + n, std::min(part.batch, whole.batch - n), whole.h + h,
                         std::min(part.height, whole.height - h), whole.w + w,
                         std::min(part.width, whole.width - w)});
  return tiles;
}

}  // namespace

std::vector<PixelTile> pixel_tiles(const ConvProblem& problem, const ConvTiling& tiling) {
  return cut({0, problem.batch, 0, problem.out_h, 0, problem.out_w},
             {tiling.batch, tiling.height, tiling.width});
}

std::vector<PixelTile> held_blocks(const PixelTile& tile, std::int64_t limit) {
  return cut(tile, pixel_block({tile.batch, tile.height, tile.width}, limit));
}

}  // namespace systolith
