#include "models/ops/window_gradient.h"

#include <algorithm>

namespace systolith {
namespace {

// Of the dimensions that the node's tensors have.
std::vector<std::int64_t> per_dimension(const SpatialGeometry& g,
                                        const std::array<std::int64_t, 2>& values) {
  return {values.begin() + (2 - g.rank), values.end()};
}

std::vector<std::int64_t> pad_list(const SpatialGeometry& g) {
  if (g.rank == 1) return {g.pads[1], g.pads[3]};
  return {g.pads.begin(), g.pads.end()};
}

}  // namespace

std::map<std::string, Attribute> explicit_attributes(const SpatialGeometry& g,
                                                     std::int64_t groups) {
  return {{"group", groups},
          {"kernel_shape", per_dimension(g, g.kernel)},
          {"strides", per_dimension(g, g.strides)},
          {"dilations", per_dimension(g, g.dilations)},
          {"pads", pad_list(g)}};
}

std::string spread_windows(GraphAppender& append, const SpatialGeometry& geometry,
                           std::int64_t groups, const std::string& values,
                           const std::string& weights) {
  SpatialGeometry g = geometry;
  std::array<std::int64_t, 2> missed{0, 0};
  for (int dim = 0; dim < 2; ++dim) {
    const std::int64_t reached =
        g.strides[dim] * (g.out[dim] - 1) + (g.kernel[dim] - 1) * g.dilations[dim] + 1;
    const std::int64_t behind = reached - g.input[dim] - g.pads[dim];
    g.pads[dim + 2] = std::max<std::int64_t>(behind, 0);
    missed[dim] = std::max<std::int64_t>(-behind, 0);
  }
  auto attributes = explicit_attributes(g, groups);
  attributes["output_padding"] = per_dimension(g, missed);
  return append.node("ConvTranspose", {values, weights}, attributes);
}

}  // namespace systolith
