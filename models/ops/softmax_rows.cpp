#include "models/ops/softmax_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/ops/support.h"

namespace systolith {
namespace {

// `count` values `step` apart; the largest is subtracted so that exp() can't overflow.
void normalize(const float* x, float* y, std::int64_t count, std::int64_t step, bool logarithm) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::int64_t i = 0; i < count; ++i) largest = std::max(largest, x[i * step]);
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    y[i * step] = std::exp(x[i * step] - largest);
    sum += y[i * step];
  }
  const float log_sum = std::log(sum);
  for (std::int64_t i = 0; i < count; ++i)
    y[i * step] = logarithm ? x[i * step] - largest - log_sum : y[i * step] / sum;
}

}  // namespace

SoftmaxExtent softmax_extent(const Node& node, const Shape& shape, int opset) {
  const std::int64_t rank = rank_of(shape);
  const std::int64_t fallback = opset < 13 ? 1 : -1;
  const std::int64_t wanted = attribute(node, "axis", fallback);
  // A matrix with all in its rows: [n] and axis 1 in the old definition.
  if (opset < 13 && wanted == rank) return {elements(shape), 1, 1};
  if (rank == 0) return {};
  const std::int64_t axis = resolve_axis(node, wanted, rank);
  if (opset < 13) return {elements_between(shape, 0, axis), elements_between(shape, axis, rank), 1};
  return {elements_between(shape, 0, axis), shape[static_cast<std::size_t>(axis)],
          elements_between(shape, axis + 1, rank)};
}

Tensor softmax_rows(const Tensor& x, const SoftmaxExtent& extent, bool logarithm) {
  Tensor y = make_tensor(DataType::float32, x.shape);
  for (std::int64_t o = 0; o < extent.outer; ++o)
    for (std::int64_t i = 0; i < extent.inner; ++i) {
      const std::int64_t first = o * extent.count * extent.inner + i;
      normalize(x.floats.data() + first, y.floats.data() + first, extent.count, extent.inner,
                logarithm);
    }
  return y;
}

}  // namespace systolith
