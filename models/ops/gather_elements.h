// Moving elements without computing: Transpose, Slice, Split, Pad and Gather are all this.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

// offsets[d][i]: what coordinate i of output dimension d adds to the flat index into the source;
// kFill: the element is `fill` instead, whatever the other coordinates.
inline constexpr std::int64_t kFill = -1;
using ElementOffsets = std::vector<std::vector<std::int64_t>>;

// Output extents are the lists' lengths. `fill` has one element (null: zero) of source's type.
Tensor gather_elements(const Tensor& source, const ElementOffsets& offsets,
                       const Tensor* fill = nullptr);

// Elements between neighbours in each dimension of a dense tensor.
std::vector<std::int64_t> dense_strides(const Shape& shape);
// Offsets that copy the whole tensor; callers replace the dimensions they change.
ElementOffsets identity_offsets(const Shape& shape);

}  // namespace systolith
