#include "models/ops/gather_elements.h"

#include "models/ops/support.h"

namespace systolith {
namespace {

// Fills `to` from its front on, dimension by dimension; `base` is kFill inside filled parts.
template <class T>
T* gather_dimension(const T* from, const ElementOffsets& offsets, std::size_t dim,
                    std::int64_t base, T fill, T* to) {
  if (dim == offsets.size()) {
    *to = base == kFill ? fill : from[base];
    return to + 1;
  }
  const bool innermost = dim + 1 == offsets.size();
  for (const std::int64_t offset : offsets[dim]) {
    const std::int64_t next = base == kFill || offset == kFill ? kFill : base + offset;
    if (innermost)
      *to++ = next == kFill ? fill : from[next];
    else
      to = gather_dimension(from, offsets, dim + 1, next, fill, to);
  }
  return to;
}

}  // namespace

Tensor gather_elements(const Tensor& source, const ElementOffsets& offsets, const Tensor* fill) {
  Shape shape;
  for (const auto& dimension : offsets)
    shape.push_back(static_cast<std::int64_t>(dimension.size()));
  Tensor result = make_tensor(source.type, std::move(shape));
  if (is_floating(source.type))
    gather_dimension(source.floats.data(), offsets, 0, 0, fill ? fill->floats.at(0) : 0.0F,
                     result.floats.data());
  else
    gather_dimension(source.integers.data(), offsets, 0, 0,
                     fill ? fill->integers.at(0) : std::int64_t{0}, result.integers.data());
  return result;
}

std::vector<std::int64_t> dense_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t dim = shape.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride *= shape[dim];
  }
  return strides;
}

ElementOffsets identity_offsets(const Shape& shape) {
  const auto strides = dense_strides(shape);
  ElementOffsets offsets(shape.size());
  for (std::size_t dim = 0; dim < shape.size(); ++dim)
    for (std::int64_t i = 0; i < shape[dim]; ++i) offsets[dim].push_back(i * strides[dim]);
  return offsets;
}

}  // namespace systolith
