#include "models/ops/quantization.h"

#include <algorithm>
#include <cmath>

#include "hw/base/units.h"
#include "models/graph/narrow_float.h"

namespace systolith {

Granularity::Granularity(const Node& node, const Shape& tensor, const Shape& scale) {
  if (elements(scale) == 1 && scale.size() <= 1) {
    // One for all: an axis of one index that everything belongs to.
    inner_ = static_cast<std::size_t>(std::max<std::int64_t>(elements(tensor), 1));
    return;
  }
  const std::int64_t axis =
      resolve_axis(node, attribute(node, "axis", std::int64_t{1}), rank_of(tensor));
  const std::int64_t block = attribute(node, "block_size", std::int64_t{0});
  const std::int64_t extent = tensor[static_cast<std::size_t>(axis)];
  Shape expected = {extent};
  if (block != 0) {
    if (block < 0) op_error(node, "block_size {} must not be negative", block);
    expected = tensor;
    expected[static_cast<std::size_t>(axis)] = ceil_div(extent, block);
    axis_only_ = false;
    block_ = static_cast<std::size_t>(block);
    blocks_ = static_cast<std::size_t>(ceil_div(extent, block));
  }
  if (scale != expected)
    op_error(node, "scale {} doesn't go with {} along axis {}{} (allowed: a scalar, or {})",
             to_string(scale), to_string(tensor), axis,
             block == 0 ? "" : fmt::format(" in blocks of {}", block), to_string(expected));
  extent_ = static_cast<std::size_t>(std::max<std::int64_t>(extent, 1));
  inner_ = static_cast<std::size_t>(
      std::max<std::int64_t>(elements_between(tensor, axis + 1, rank_of(tensor)), 1));
}

void expect_shape_of_scale(const Node& node, const Value& scale, const Value* zero_point) {
  if (zero_point == nullptr || zero_point->shape == scale.shape) return;
  if (elements(zero_point->shape) == 1 && elements(scale.shape) == 1) return;
  op_error(node, "zero point {} and scale {} must have the same shape",
           to_string(zero_point->shape), to_string(scale.shape));
}

std::optional<DataType> type_attribute(const Node& node, const std::string& name) {
  const std::int64_t number = attribute(node, name, std::int64_t{0});
  switch (number) {  // TensorProto.DataType, from onnx.proto3
    case 0:
      return std::nullopt;
    case 1:
      return DataType::float32;
    case 2:
      return DataType::uint8;
    case 3:
      return DataType::int8;
    case 4:
      return DataType::uint16;
    case 5:
      return DataType::int16;
    case 10:
      return DataType::float16;
    case 16:
      return DataType::bfloat16;
    case 17:
      return DataType::float8e4m3fn;
    case 19:
      return DataType::float8e5m2;
    case 21:
      return DataType::uint4;
    case 22:
      return DataType::int4;
    default:
      op_error(node,
               "attribute '{}' is {} (allowed: 1 float32, 2 uint8, 3 int8, 4 uint16, 5 int16, 10 "
               "float16, 16 bfloat16, 17 float8e4m3fn, 19 float8e5m2, 21 uint4, 22 int4)",
               name, number);
  }
}

IntegerRange range_of(DataType type) {
  const std::int64_t codes = std::int64_t{1} << bits_of(type);
  const bool is_signed =
      type == DataType::int4 || type == DataType::int8 || type == DataType::int16;
  return is_signed ? IntegerRange{-codes / 2, codes / 2 - 1} : IntegerRange{0, codes - 1};
}

std::int64_t to_code(float quotient, std::int64_t zero_point, DataType type) {
  constexpr float kBeyond = 1 << 20;  // any code minus any zero point
  const float number = std::isnan(quotient) ? 0.0F : std::clamp(quotient, -kBeyond, kBeyond);
  const auto [low, high] = range_of(type);
  return std::clamp(static_cast<std::int64_t>(std::nearbyint(number)) + zero_point, low, high);
}

float requantization_factor(DataType type, float a, float b, float y) {
  return round_to(type, round_to(type, a * b) / y);
}

}  // namespace systolith
