#include "hw/isa/names.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

template <class E>
std::string_view name_of(E value) {
  const auto* entry = find_value(enum_table<E>(), static_cast<std::uint8_t>(value));
  SYSTOLITH_CHECK(entry, "no {} has the number {}", enum_table<E>().kind, static_cast<int>(value));
  return entry->name;
}

EnumTable format_table() {
  EnumTable table{"number format", {}};
  for (const auto* format : registrations<NumberFormat>())
    table.entries.push_back({static_cast<std::uint8_t>(format->create().id()), format->name});
  const auto by_value = [](const EnumEntry& a, const EnumEntry& b) { return a.value < b.value; };
  std::sort(table.entries.begin(), table.entries.end(), by_value);
  return table;
}

}  // namespace

template <>
const EnumTable& enum_table<Opcode>() {
  static const EnumTable table{
      "command",
      {{0, "load"}, {1, "store"}, {2, "preload"}, {3, "matmul"}, {4, "vector"}, {5, "sync"}}};
  return table;
}

template <>
const EnumTable& enum_table<Engine>() {
  static const EnumTable table{
      "engine",
      {{0, "load"}, {1, "store"}, {2, "weights"}, {3, "array"}, {4, "vector"}, {5, "control"}}};
  return table;
}

template <>
const EnumTable& enum_table<VectorFunction>() {
  static const EnumTable table{"vector function",
                               {{0, "map"},
                                {1, "pool_max"},
                                {2, "pool_avg"},
                                {3, "lrn"},
                                {4, "softmax"},
                                {5, "reduce_sum"},
                                {6, "log_softmax"},
                                {7, "one_hot"},
                                {8, "pool_max_grad"}}};
  return table;
}

template <>
const EnumTable& enum_table<HalfBytes>() {
  static const EnumTable table{"kind of half bytes", {{0, "kept"}, {1, "int4"}, {2, "uint4"}}};
  return table;
}

template <>
const EnumTable& enum_table<BinaryFunction>() {
  static const EnumTable table{"binary function",
                               {{0, "none"}, {1, "add"}, {2, "mul"}, {3, "gate"}}};
  return table;
}

template <>
const EnumTable& enum_table<Activation>() {
  static const EnumTable table{"activation",
                               {{0, "none"},
                                {1, "clamp"},
                                {2, "sigmoid"},
                                {3, "tanh"},
                                {4, "leaky_relu"},
                                {5, "hard_sigmoid"},
                                {6, "hard_swish"},
                                {7, "square"},
                                {8, "exp"},
                                {9, "sqrt"},
                                {10, "rsqrt"},
                                {11, "reciprocal"}}};
  return table;
}

template <>
const EnumTable& enum_table<Space>() {
  static const EnumTable table{"space", {{0, "none"}, {1, "scratchpad"}, {2, "accumulator"}}};
  return table;
}

template <>
const EnumTable& enum_table<TileOperand>() {
  static const EnumTable table{"tile operand", {{0, "weights"}, {1, "sums"}, {2, "activations"}}};
  return table;
}

template <>
const EnumTable& enum_table<Rounding>() {
  static const EnumTable table = [] {
    EnumTable result{"rounding", {}};
    for (std::size_t i = 0; i < kRoundingNames.size(); ++i)
      result.entries.push_back({static_cast<std::uint8_t>(i), kRoundingNames[i]});
    return result;
  }();
  return table;
}

template <>
const EnumTable& enum_table<Format>() {
  static const EnumTable table = format_table();
  return table;
}

const EnumEntry* find_value(const EnumTable& table, std::uint8_t value) {
  for (const auto& entry : table.entries)
    if (entry.value == value) return &entry;
  return nullptr;
}

const EnumEntry* find_name(const EnumTable& table, std::string_view name) {
  for (const auto& entry : table.entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

std::vector<std::string> names_of(const EnumTable& table) {
  std::vector<std::string> names;
  for (const auto& entry : table.entries) names.emplace_back(entry.name);
  return names;
}

std::string_view to_string(Opcode opcode) { return name_of(opcode); }
std::string_view to_string(Engine engine) { return name_of(engine); }
std::string_view to_string(TileOperand operand) { return name_of(operand); }

}  // namespace systolith
