#include "models/graph/graph.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace systolith {

std::string_view to_string(DataType type) {
  switch (type) {
    case DataType::float32:
      return "float32";
    case DataType::int64:
      return "int64";
    case DataType::int32:
      return "int32";
    case DataType::int8:
      return "int8";
    case DataType::uint8:
      return "uint8";
    case DataType::boolean:
      return "boolean";
  }
  SYSTOLITH_CHECK(false, "data type {}", static_cast<int>(type));
}

std::int64_t elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    if (__builtin_mul_overflow(count, extent, &count))
      user_error("shape {} has more than 2^63 elements", to_string(shape));
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Tensor as_type(const std::string& value, Tensor tensor, DataType type) {
  const bool from_floats = tensor.type == DataType::float32;
  const bool to_floats = type == DataType::float32;
  tensor.type = type;
  if (from_floats == to_floats) return tensor;
  if (to_floats) {
    tensor.floats.assign(tensor.integers.begin(), tensor.integers.end());
    tensor.integers.clear();
    return tensor;
  }
  constexpr float kMost = 1 << 24;
  for (const float number : tensor.floats)
    if (!(std::fabs(number) <= kMost) || number != std::trunc(number))
      user_error("'{}' takes integers, not {}", value, number);
  tensor.integers.assign(tensor.floats.begin(), tensor.floats.end());
  tensor.floats.clear();
  return tensor;
}

bool is_state(const Graph& graph, const std::string& value) {
  return std::any_of(graph.states.begin(), graph.states.end(),
                     [&](const StateBinding& binding) { return binding.state == value; });
}

namespace {

// In the order of Attribute's alternatives.
constexpr std::array kAttributeKinds = {"an integer",         "a float",          "a string",
                                        "a list of integers", "a list of floats", "a tensor"};

template <class T>
T typed_attribute(const Node& node, const std::string& name, const T& fallback) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return fallback;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  user_error("node '{}' ({}): attribute '{}' is {}, not {}", node.name, node.op, name,
             kAttributeKinds[found->second.index()], kAttributeKinds[Attribute(fallback).index()]);
}

}  // namespace

std::int64_t attribute(const Node& node, const std::string& name, std::int64_t fallback) {
  return typed_attribute(node, name, fallback);
}
float attribute(const Node& node, const std::string& name, float fallback) {
  return typed_attribute(node, name, fallback);
}
std::string attribute(const Node& node, const std::string& name, const std::string& fallback) {
  return typed_attribute(node, name, fallback);
}
std::vector<std::int64_t> attribute(const Node& node, const std::string& name,
                                    const std::vector<std::int64_t>& fallback) {
  return typed_attribute(node, name, fallback);
}

}  // namespace systolith
