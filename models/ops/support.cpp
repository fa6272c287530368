#include "models/ops/support.h"

#include <algorithm>

namespace systolith {

void expect_inputs(const Node& node, const std::vector<OpInput>& inputs, std::size_t min,
                   std::size_t max) {
  if (inputs.size() < min || inputs.size() > max)
    op_error(node, "has {} inputs, takes {}", inputs.size(),
             max == kUnbounded ? fmt::format("at least {}", min)
             : min == max      ? fmt::format("{}", min)
                               : fmt::format("{} to {}", min, max));
  for (std::size_t i = 0; i < min; ++i)
    if (inputs[i].value == nullptr) op_error(node, "input {} must not be left out", i);
}

void expect_type(const Node& node, const std::vector<OpInput>& inputs, std::size_t index,
                 std::initializer_list<DataType> allowed) {
  const Value* value = optional_value(inputs, index);
  if (value == nullptr) return;
  if (std::find(allowed.begin(), allowed.end(), value->type) != allowed.end()) return;
  std::vector<std::string_view> names;
  for (const DataType type : allowed) names.push_back(to_string(type));
  op_error(node, "input '{}' is {}, must be {}", value->name, to_string(value->type),
           fmt::join(names, ", "));
}

void expect_floats(const Node& node, const std::vector<OpInput>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) expect_type(node, inputs, i, {DataType::float32});
}

const Value* optional_value(const std::vector<OpInput>& inputs, std::size_t index) {
  return index < inputs.size() ? inputs[index].value : nullptr;
}

const Tensor* optional_tensor(const std::vector<const Tensor*>& inputs, std::size_t index) {
  return index < inputs.size() ? inputs[index] : nullptr;
}

std::vector<const Tensor*> constants_of(const std::vector<OpInput>& inputs) {
  std::vector<const Tensor*> result;
  for (const OpInput& input : inputs) result.push_back(input.constant);
  return result;
}

void expect_constant(const Node& node, const std::vector<OpInput>& inputs, std::size_t index,
                     std::string_view role) {
  const Value* value = optional_value(inputs, index);
  if (value != nullptr && inputs[index].constant == nullptr)
    op_error(node, "{} '{}' must be known at compile time, but depends on the graph's inputs", role,
             value->name);
}

std::int64_t resolve_axis(const Node& node, std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank)
    op_error(node, "axis {} is out of range for rank {} (allowed: {} to {})", axis, rank, -rank,
             rank - 1);
  return axis < 0 ? axis + rank : axis;
}

std::vector<std::int64_t> resolve_axes(const Node& node, const std::vector<std::int64_t>& axes,
                                       std::int64_t rank) {
  std::vector<std::int64_t> result;
  for (const std::int64_t axis : axes) result.push_back(resolve_axis(node, axis, rank));
  std::sort(result.begin(), result.end());
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    op_error(node, "axes [{}] name an axis twice", fmt::join(axes, ", "));
  return result;
}

std::optional<std::vector<std::int64_t>> optional_integers(const Node& node,
                                                           const std::string& name) {
  if (node.attributes.count(name) == 0) return std::nullopt;
  return attribute(node, name, std::vector<std::int64_t>{});
}

std::int64_t elements_between(const Shape& shape, std::int64_t first, std::int64_t last) {
  return elements(Shape(shape.begin() + first, shape.begin() + last));
}

Tensor make_tensor(DataType type, Shape shape) {
  Tensor tensor;
  tensor.type = type;
  const auto count = static_cast<std::size_t>(elements(shape));
  tensor.shape = std::move(shape);
  if (is_floating(type))
    tensor.floats.resize(count);
  else
    tensor.integers.resize(count);
  return tensor;
}

std::int64_t wrap_to(DataType type, std::int64_t value) {
  switch (type) {
    case DataType::int32:
      return static_cast<std::int32_t>(value);
    case DataType::int8:
      return static_cast<std::int8_t>(value);
    case DataType::uint8:
      return static_cast<std::uint8_t>(value);
    case DataType::boolean:
      return value != 0 ? 1 : 0;
    case DataType::int16:
      return static_cast<std::int16_t>(value);
    case DataType::uint16:
      return static_cast<std::uint16_t>(value);
    case DataType::int4:
      return ((value & 15) ^ 8) - 8;
    case DataType::uint4:
      return value & 15;
    default:
      return value;
  }
}

}  // namespace systolith
