#include "models/ops/broadcast.h"

#include <algorithm>

#include "models/ops/support.h"

namespace systolith {
namespace {

// The extent of dimension `dim` of a shape aligned with `rank` dimensions.
std::int64_t aligned_extent(const Shape& shape, std::size_t dim, std::size_t rank) {
  const std::size_t missing = rank - shape.size();
  return dim < missing ? 1 : shape[dim - missing];
}

std::vector<std::int64_t> broadcast_strides(const Shape& shape, std::size_t rank) {
  std::vector<std::int64_t> strides(rank, 0);
  std::int64_t stride = 1;
  for (std::size_t dim = rank; dim-- > 0;) {
    const std::int64_t extent = aligned_extent(shape, dim, rank);
    strides[dim] = extent == 1 ? 0 : stride;
    stride *= extent;
  }
  return strides;
}

}  // namespace

Shape broadcast_shape(const Node& node, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (std::size_t dim = 0; dim < rank; ++dim) {
    const std::int64_t x = aligned_extent(a, dim, rank);
    const std::int64_t y = aligned_extent(b, dim, rank);
    if (x != y && x != 1 && y != 1)
      op_error(node, "shapes {} and {} can't be broadcast together", to_string(a), to_string(b));
    out[dim] = x == 1 ? y : x;
  }
  return out;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  if (from.size() > to.size()) return false;
  for (std::size_t dim = 0; dim < to.size(); ++dim) {
    const std::int64_t extent = aligned_extent(from, dim, to.size());
    if (extent != 1 && extent != to[dim]) return false;
  }
  return true;
}

BroadcastWalk broadcast_walk(const Shape& out, const Shape& a, const Shape& b) {
  const std::size_t rank = out.size();
  const std::array all = {broadcast_strides(a, rank), broadcast_strides(b, rank)};
  BroadcastWalk walk;
  for (std::size_t dim = 0; dim < rank; ++dim) {
    if (out[dim] == 1) continue;
    const auto evenly = [&](int i) { return walk.strides[i].back() == all[i][dim] * out[dim]; };
    if (!walk.extent.empty() && evenly(0) && evenly(1)) {
      walk.extent.back() *= out[dim];
      for (int i = 0; i < 2; ++i) walk.strides[i].back() = all[i][dim];
      continue;
    }
    walk.extent.push_back(out[dim]);
    for (int i = 0; i < 2; ++i) walk.strides[i].push_back(all[i][dim]);
  }
  if (walk.extent.empty()) walk = {{1}, {{{0}, {0}}}};
  return walk;
}

}  // namespace systolith
