#include "models/ops/integer_product.h"

#include <algorithm>

#include "hw/base/units.h"
#include "models/ops/broadcast.h"

namespace systolith {
namespace {

// Unsigned, whose overflow is defined.
void add_scaled(std::int32_t factor, const std::int32_t* x, std::int64_t step, std::int64_t count,
                std::int32_t* y) {
  const auto times = static_cast<std::uint32_t>(factor);
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(y[i]) +
                                     times * static_cast<std::uint32_t>(x[i * step]));
}

// The outputs along a dimension whose tap `tap` reads the input: first, and one behind the last.
std::array<std::int64_t, 2> outputs_inside(const SpatialGeometry& g, int dim, std::int64_t tap) {
  const std::int64_t origin = g.pads[dim] - tap * g.dilations[dim];  // output o reads o*s - origin
  const auto at_least = [&](std::int64_t position) {
    return position <= 0 ? std::int64_t{0} : ceil_div(position, g.strides[dim]);
  };
  const std::int64_t first = std::min(at_least(origin), g.out[dim]);
  return {first, std::max(first, std::min(at_least(g.input[dim] + origin), g.out[dim]))};
}

// Adds to a plane what one weight, at tap (kh, kw), makes of an input plane.
void add_tap(const SpatialGeometry& g, std::int64_t kh, std::int64_t kw, std::int32_t weight,
             const std::int32_t* x, std::int32_t* y) {
  const auto [first_row, end_row] = outputs_inside(g, 0, kh);
  const auto [first, end] = outputs_inside(g, 1, kw);
  if (first >= end) return;
  for (std::int64_t oh = first_row; oh < end_row; ++oh) {
    const std::int64_t h = oh * g.strides[0] + kh * g.dilations[0] - g.pads[0];
    const std::int64_t w = first * g.strides[1] + kw * g.dilations[1] - g.pads[1];
    add_scaled(weight, x + h * g.input[1] + w, g.strides[1], end - first,
               y + oh * g.out[1] + first);
  }
}

}  // namespace

Int32s centred(const Tensor& tensor, const Tensor* zero_point) {
  Int32s values(tensor.integers.begin(), tensor.integers.end());
  if (zero_point == nullptr) return values;
  const BroadcastWalk walk = broadcast_walk(tensor.shape, tensor.shape, zero_point->shape);
  for_each_run(walk, [&](auto out, auto, auto zero, auto count, auto, auto step) {
    for (std::int64_t i = 0; i < count; ++i)
      values[static_cast<std::size_t>(out + i)] -= static_cast<std::int32_t>(
          zero_point->integers[static_cast<std::size_t>(zero + i * step)]);
  });
  return values;
}

Int32s integer_matmul(const MatMulShape& shape, const Int32s& a, const Int32s& b) {
  const auto [m, n, k] = shape.extent;
  Int32s y(static_cast<std::size_t>(elements(shape.matrices)), 0);
  const BroadcastWalk walk = broadcast_walk(shape.batch, shape.batch_a, shape.batch_b);
  for_each_run(
      walk, [&, m = m, n = n, k = k](auto out, auto at_a, auto at_b, auto count, auto da, auto db) {
        for (std::int64_t i = 0; i < count; ++i)
          for (std::int64_t row = 0; row < m; ++row)
            for (std::int64_t depth = 0; depth < k; ++depth)
              add_scaled(a[static_cast<std::size_t>(((at_a + i * da) * m + row) * k + depth)],
                         b.data() + ((at_b + i * db) * k + depth) * n, 1, n,
                         y.data() + ((out + i) * m + row) * n);
      });
  return y;
}

Int32s integer_conv(const SpatialGeometry& g, std::int64_t groups, const Shape& x_shape,
                    const Int32s& x, const Shape& w_shape, const Int32s& w) {
  const std::int64_t outputs = w_shape[0], inputs = w_shape[1];
  const std::int64_t in_plane = g.input[0] * g.input[1], out_plane = g.out[0] * g.out[1];
  Int32s y(static_cast<std::size_t>(x_shape[0] * outputs * out_plane), 0);
  std::int32_t* plane = y.data();
  for (std::int64_t image = 0; image < x_shape[0]; ++image)
    for (std::int64_t k = 0; k < outputs; ++k, plane += out_plane) {
      const std::int64_t first = image * x_shape[1] + k / (outputs / groups) * inputs;
      const std::int32_t* weight = w.data() + k * inputs * g.kernel[0] * g.kernel[1];
      for (std::int64_t c = 0; c < inputs; ++c)
        for (std::int64_t kh = 0; kh < g.kernel[0]; ++kh)
          for (std::int64_t kw = 0; kw < g.kernel[1]; ++kw)
            add_tap(g, kh, kw, *weight++, x.data() + (first + c) * in_plane, plane);
    }
  return y;
}

}  // namespace systolith
