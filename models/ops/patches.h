// A convolution's input as the matrix its weights multiply.
#pragma once

#include <memory>

#include "models/ops/sgemm.h"
#include "models/ops/spatial.h"

namespace systolith {

// Row (c, kh, kw), column (oh, ow): what tap (kh, kw) of output (oh, ow) reads of channel c, 0 in
// the padding. `image`: dense [channels, height, width]. The image must outlive the source.
std::unique_ptr<PanelSource> patch_source(const SpatialGeometry& geometry, const float* image);

// The way back: adds row (c, kh, kw), column (oh, ow) of a dense matrix to what that tap reads of
// the image, row by row; what it reads in the padding is dropped.
void add_patches(const SpatialGeometry& geometry, std::int64_t channels, const float* matrix,
                 float* image);

// Every pixel of output channel c becomes bias[c].
void fill_with_bias(Tensor& y, const Tensor& bias);

}  // namespace systolith
