// A convolution's input as the matrix its weights multiply.
#pragma once

#include <memory>

#include "models/ops/sgemm.h"
#include "models/ops/spatial.h"

namespace systolith {

// Row (c, kh, kw), column (oh, ow): what tap (kh, kw) of output (oh, ow) reads of channel c, 0 in
// the padding. `image`: dense [channels, height, width]. The image must outlive the source.
std::unique_ptr<PanelSource> patch_source(const SpatialGeometry& geometry, const float* image);

}  // namespace systolith
