// Sums of products of integers in int32, modulo 2^32: exact where they fit, whatever the order.
#pragma once

#include <vector>

#include "models/ops/mat_mul_shape.h"
#include "models/ops/spatial.h"

namespace systolith {

using Int32s = std::vector<std::int32_t>;

// The tensor's values minus a zero point that broadcasts to its shape; null: 0.
Int32s centred(const Tensor& tensor, const Tensor* zero_point);

// y [batch, m, n] of a [batch_a, m, k] and b [batch_b, k, n].
Int32s integer_matmul(const MatMulShape& shape, const Int32s& a, const Int32s& b);

// y [n, k, oh, ow] of x [n, c, h, w] and weights [k, c / groups, kh, kw]; padding is 0. Shapes as
// conv_geometry() takes them.
Int32s integer_conv(const SpatialGeometry& geometry, std::int64_t groups, const Shape& x_shape,
                    const Int32s& x, const Shape& w_shape, const Int32s& w);

}  // namespace systolith
