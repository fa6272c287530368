#include "models/ops/matrix_quantization.h"

#include "models/ops/broadcast.h"

namespace systolith {
namespace {

// `along`: the dimension, counted from the end, that the parameter may vary along beside batches.
Shape aligned(const Node& node, const Shape& parameter, const Shape& matrices, std::size_t along) {
  if (elements(parameter) == 1) return {};
  const auto extent = [&](const Shape& shape, std::size_t from_end) {
    return from_end <= shape.size() ? shape[shape.size() - from_end] : 1;
  };
  Shape shape = parameter;
  if (shape.size() == 1 && along == 2) shape.push_back(1);
  if (!broadcasts_to(shape, matrices) || extent(shape, along == 1 ? 2 : 1) != 1)
    op_error(node,
             "a scale or zero point {} doesn't go with {} (allowed: one value, or one per {})",
             to_string(parameter), to_string(matrices), along == 1 ? "column" : "row");
  return shape;
}

Tensor reshaped(const Tensor& tensor, Shape shape) {
  Tensor result = tensor;
  result.shape = std::move(shape);
  return result;
}

}  // namespace

Shape per_row(const Node& node, const Shape& parameter, const Shape& matrices) {
  return aligned(node, parameter, matrices, 2);
}

Shape per_column(const Node& node, const Shape& parameter, const Shape& matrices) {
  return aligned(node, parameter, matrices, 1);
}

Int32s centred_rows(const Node& node, const Tensor& a, const Tensor* zero_point) {
  if (zero_point == nullptr) return centred(a, nullptr);
  const Tensor zero = reshaped(*zero_point, per_row(node, zero_point->shape, a.shape));
  return centred(a, &zero);
}

Int32s centred_columns(const Node& node, const Tensor& b, const Tensor* zero_point) {
  if (zero_point == nullptr) return centred(b, nullptr);
  const Tensor zero = reshaped(*zero_point, per_column(node, zero_point->shape, b.shape));
  return centred(b, &zero);
}

}  // namespace systolith
