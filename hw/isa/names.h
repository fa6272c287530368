// The names of the command set's enumerations, as programs and reports spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

struct EnumEntry {
  std::uint8_t value;  // on the wire
  std::string_view name;
};

// What an enumeration is called in messages, and its values.
struct EnumTable {
  std::string_view kind;
  std::vector<EnumEntry> entries;
};

template <class E>
const EnumTable& enum_table();
template <>
const EnumTable& enum_table<Opcode>();
template <>
const EnumTable& enum_table<Engine>();
template <>
const EnumTable& enum_table<VectorFunction>();
template <>
const EnumTable& enum_table<BinaryFunction>();
template <>
const EnumTable& enum_table<Activation>();
template <>
const EnumTable& enum_table<Space>();
template <>
const EnumTable& enum_table<TileOperand>();
template <>
const EnumTable& enum_table<HalfBytes>();
template <>
const EnumTable& enum_table<Rounding>();
template <>
const EnumTable& enum_table<Format>();

std::string_view to_string(TileOperand operand);

// Null where `value` is none of the table's.
const EnumEntry* find_value(const EnumTable& table, std::uint8_t value);
const EnumEntry* find_name(const EnumTable& table, std::string_view name);
std::vector<std::string> names_of(const EnumTable& table);

}  // namespace systolith
