// What the quantised operators share: who shares a scale, and rounding to codes.
#pragma once

#include <optional>

#include "models/ops/support.h"

namespace systolith {

// Which element of a scale (and zero point) goes with which of a tensor: one for all, one per index
// of an axis, or one per block along an axis.
class Granularity {
 public:
  // Reads the attributes axis and block_size. UserError naming the node where the scale's shape is
  // none of the three.
  Granularity(const Node& node, const Shape& tensor, const Shape& scale);

  std::size_t scale_of(std::size_t element) const {
    const std::size_t along = element / inner_ % extent_ / block_;
    return axis_only_
               ? along
               : (element / (inner_ * extent_) * blocks_ + along) * inner_ + element % inner_;
  }

 private:
  bool axis_only_ = true;
  std::size_t inner_ = 1, extent_ = 1, block_ = 1, blocks_ = 1;
};

// UserError unless the zero point, where given, has the scale's shape.
void expect_shape_of_scale(const Node& node, const Value& scale, const Value* zero_point);
// The type that an attribute names by ONNX's number; nothing where absent or 0. UserError on types
// that are none of a quantised tensor's or a float's.
std::optional<DataType> type_attribute(const Node& node, const std::string& name);

struct IntegerRange {
  std::int64_t low, high;
};
// Requires: an integer type of at most 16 bits.
IntegerRange range_of(DataType type);

// saturate(round half to even(quotient) + zero point); NaN counts as 0.
std::int64_t to_code(float quotient, std::int64_t zero_point, DataType type);

// The factor from a sum of products of codes to codes of the result, worked out in the scales'
// type: (a * b) / y.
float requantization_factor(DataType type, float a, float b, float y);

}  // namespace systolith
