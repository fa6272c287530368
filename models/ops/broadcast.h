// NumPy's broadcasting (ONNX's "multidirectional"): shapes are aligned at the last dimension; an
// extent of 1 stretches to the other's.
#pragma once

#include <array>
#include <vector>

#include "models/graph/graph.h"

namespace systolith {

// UserError naming the node and both shapes where they don't agree.
Shape broadcast_shape(const Node& node, const Shape& a, const Shape& b);
// Whether `from` stretches to exactly `to` (ONNX's "unidirectional").
bool broadcasts_to(const Shape& from, const Shape& to);

// Walking an output while two broadcast operands follow: `extent` (outermost first) and each
// operand's strides, 0 where it stretches. Neighbouring dimensions that all operands step through
// evenly are merged. Never empty.
struct BroadcastWalk {
  std::vector<std::int64_t> extent;
  std::array<std::vector<std::int64_t>, 2> strides;
};
// Requires: a and b broadcast to out.
BroadcastWalk broadcast_walk(const Shape& out, const Shape& a, const Shape& b);

// fn(out, a, b, count, stride_a, stride_b) for runs of `count` outputs at flat index `out`, the
// operands starting at flat indices a and b.
template <class Function>
void for_each_run(const BroadcastWalk& walk, Function fn) {
  const std::size_t last = walk.extent.size() - 1;
  for (const std::int64_t extent : walk.extent)
    if (extent == 0) return;
  std::vector<std::int64_t> at(walk.extent.size(), 0);
  std::int64_t out = 0;
  std::array<std::int64_t, 2> operand{0, 0};
  while (true) {
    fn(out, operand[0], operand[1], walk.extent[last], walk.strides[0][last],
       walk.strides[1][last]);
    out += walk.extent[last];
    std::size_t dim = last;
    while (true) {
      if (dim == 0) return;
      --dim;
      for (int i = 0; i < 2; ++i) operand[i] += walk.strides[i][dim];
      if (++at[dim] < walk.extent[dim]) break;
      for (int i = 0; i < 2; ++i) operand[i] -= walk.strides[i][dim] * walk.extent[dim];
      at[dim] = 0;
    }
  }
}

}  // namespace systolith
