#include "models/graph/graph.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/graph/narrow_float.h"

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
    case DataType::int16:
      return "int16";
    case DataType::uint16:
      return "uint16";
    case DataType::int4:
      return "int4";
    case DataType::uint4:
      return "uint4";
    case DataType::float16:
      return "float16";
    case DataType::bfloat16:
      return "bfloat16";
    case DataType::float8e4m3fn:
      return "float8e4m3fn";
    case DataType::float8e5m2:
      return "float8e5m2";
  }
  SYSTOLITH_CHECK(false, "data type {}", static_cast<int>(type));
}

std::int64_t bits_of(DataType type) {
  switch (type) {
    case DataType::int64:
      return 64;
    case DataType::float32:
    case DataType::int32:
      return 32;
    case DataType::int16:
    case DataType::uint16:
    case DataType::float16:
    case DataType::bfloat16:
      return 16;
    case DataType::int8:
    case DataType::uint8:
    case DataType::boolean:
    case DataType::float8e4m3fn:
    case DataType::float8e5m2:
      return 8;
    case DataType::int4:
    case DataType::uint4:
      return 4;
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
  const bool from_floats = is_floating(tensor.type);
  const bool to_floats = is_floating(type);
  tensor.type = type;
  if (to_floats && !from_floats) {
    tensor.floats.assign(tensor.integers.begin(), tensor.integers.end());
    tensor.integers.clear();
  }
  if (to_floats)
    for (float& number : tensor.floats) number = round_to(type, number);
  if (from_floats == to_floats || to_floats) return tensor;
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
