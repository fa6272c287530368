// What Softmax and LogSoftmax share.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

// A tensor seen as [outer, count, inner], normalised along `count`.
struct SoftmaxExtent {
  std::int64_t outer = 1, count = 1, inner = 1;
};
// Before opset 13 the dimensions from `axis` (default 1) on are one; since then `axis` (default -1)
// stands for itself.
SoftmaxExtent softmax_extent(const Node& node, const Shape& shape, int opset);

Tensor softmax_rows(const Tensor& x, const SoftmaxExtent& extent, bool logarithm);

}  // namespace systolith
