// The geometry that convolutions and poolings share, from a node's attributes and its input's
// shape. One spatial dimension is treated as two with a height of 1.
#pragma once

#include <array>

#include "models/graph/graph.h"

namespace systolith {

// Element 0 is height, element 1 width. Output (oh, ow), tap (kh, kw) reads the input at
//   h = oh * strides[0] + kh * dilations[0] - pads[0], w likewise with pads[1];
// outside 0 <= h < input[0] it reads padding. With ceil_mode the last windows may also reach beyond
// the padding.
struct SpatialGeometry {
  int rank = 2;  // spatial dimensions of the node's tensors: 1 or 2
  std::array<std::int64_t, 2> input{1, 1};
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right; auto_pad resolved
  std::array<std::int64_t, 2> out{1, 1};

  // [batch, channels, height, width] or [batch, channels, width].
  Shape output_shape(std::int64_t batch, std::int64_t channels) const;
};

// Of output coordinate `o` along a dimension: taps begin..end-1 read the input, the others padding.
// Tap t reads coordinate first + t * dilation. The input and its explicit padding together cover
// the taps 0..padded_end-1; fewer than the kernel's only with ceil_mode.
struct Taps {
  std::int64_t begin = 0, end = 0, first = 0, padded_end = 0;
};
Taps taps_at(const SpatialGeometry& geometry, int dim, std::int64_t o);

// Conv. The kernel's extent is the weights' ([M, C / group, kh, kw]).
SpatialGeometry conv_geometry(const Node& node, const Shape& input, const Shape& weights);
// UserError unless the weights' channels and the node's groups go with the input's.
void check_conv_channels(const Node& node, const Shape& input, const Shape& weights);
// ConvTranspose, as the convolution that it runs backwards: `out` are the extents of its input,
// `input` those of its output, after output_padding or output_shape. The weights are
// [C, M / group, kh, kw].
SpatialGeometry conv_transpose_geometry(const Node& node, const Shape& input, const Shape& weights);
// MaxPool, AveragePool: kernel_shape, and ceil_mode with ONNX's rule that a window that would start
// beyond the input and its leading padding is left out.
SpatialGeometry pool_geometry(const Node& node, const Shape& input);

// All throw UserError: other than one or two spatial dimensions, attribute lists of the wrong
// length or range, an unknown auto_pad, a kernel larger than the padded input.

}  // namespace systolith
