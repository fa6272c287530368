#include "hw/isa/parse.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "hw/isa/names.h"
#include "hw/isa/print.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

Word part(const Word& word, std::size_t begin, std::size_t count = std::string_view::npos) {
  Word result{word.text.substr(begin, count), word.where};
  if (result.where.column != 0) result.where.column += static_cast<int>(begin);
  return result;
}

std::vector<Word> split(const Word& word, char separator) {
  std::vector<Word> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = word.text.find(separator, begin);
    if (end == std::string_view::npos) break;
    parts.push_back(part(word, begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(part(word, begin));
  return parts;
}

// The digits' value, or nothing where they are no number of at most 64 bits.
bool read_digits(std::string_view text, std::uint64_t& value) {
  const bool hex = text.substr(0, 2) == "0x";
  if (hex) text.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

template <class E>
E parse_enum(const Word& word) {
  const auto& table = enum_table<E>();
  if (const auto* entry = find_name(table, word.text)) return static_cast<E>(entry->value);
  throw UserError(word.where, unknown_name_message(table.kind, word.text, names_of(table)));
}

template <class T>
void parse_value(const Word& word, const std::string& name, T& value) {
  if constexpr (std::is_enum_v<T>) {
    value = parse_enum<T>(word);
  } else if constexpr (std::is_same_v<T, float>) {
    value = parse_float(word, name);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (word.text != "true" && word.text != "false")
      throw UserError(word.where, fmt::format("{} is '{}'; allowed: true, false", name, word.text));
    value = word.text == "true";
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    value = parse_unsigned(word, name);
  } else {
    value = static_cast<T>(
        parse_integer(word, name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
}

template <class T, std::size_t n>
void parse_value(const Word& word, const std::string& name, std::array<T, n>& values) {
  const auto parts = split(word, ',');
  if (parts.size() != n)
    throw UserError(word.where,
                    fmt::format("{} has {} values; it takes {}", name, parts.size(), n));
  for (std::size_t i = 0; i < n; ++i) parse_value(parts[i], name, values[i]);
}

void parse_value(const Word& word, const std::string& name, std::array<TransferLoop, 3>& loops) {
  const auto parts = split(word, ',');
  if (parts.size() > loops.size())
    throw UserError(word.where, fmt::format("{} has {} loops; it takes at most {}", name,
                                            parts.size(), loops.size()));
  loops = {};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto numbers = split(parts[i], ':');
    if (numbers.size() != 3)
      throw UserError(parts[i].where,
                      fmt::format("{} is '{}'; a loop is count:system_stride:local_stride", name,
                                  parts[i].text));
    parse_value(numbers[0], name, loops[i].count);
    parse_value(numbers[1], name, loops[i].system_stride);
    parse_value(numbers[2], name, loops[i].local_stride);
  }
}

// Whether `name` is "group.name" of the field.
bool is_name_of(const Field& field, std::string_view name) {
  if (field.group.empty()) return name == field.name;
  const std::size_t dot = field.group.size();
  return name.size() == dot + 1 + field.name.size() && name.substr(0, dot) == field.group &&
         name[dot] == '.' && name.substr(dot + 1) == field.name;
}

template <class Op>
[[noreturn]] void unknown_field(const Word& word, std::string_view name) {
  std::vector<std::string> names;
  visit_fields(OperationType<Op>{},
               [&](const Field& field, auto) { names.push_back(full_name(field)); });
  throw UserError(word.where, unknown_name_message("field", name, names));
}

template <class Op>
void parse_field_of(const Word& word, Op& op) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string_view::npos)
    throw UserError(word.where, fmt::format("'{}' is no field; a field is name=value", word.text));
  const std::string_view name = word.text.substr(0, equals);
  bool found = false;
  visit_fields(OperationType<Op>{}, [&](const Field& field, auto access) {
    if (!is_name_of(field, name)) return;
    parse_value(part(word, equals + 1), full_name(field), access(op));
    found = true;
  });
  if (!found) unknown_field<Op>(word, name);
}

}  // namespace

std::int64_t parse_integer(const Word& word, std::string_view what, std::int64_t low,
                           std::int64_t high) {
  const bool negative = word.text.substr(0, 1) == "-";
  std::uint64_t magnitude = 0;
  const std::uint64_t limit = negative ? std::uint64_t{1} << 63 : ~std::uint64_t{0} >> 1;
  const bool number = read_digits(word.text.substr(negative), magnitude) && magnitude <= limit;
  const auto value = static_cast<std::int64_t>(negative ? -magnitude : magnitude);
  if (!number || value < low || value > high)
    throw UserError(word.where, fmt::format("{} is '{}'; allowed: an integer from {} to {}", what,
                                            word.text, low, high));
  return value;
}

std::uint64_t parse_unsigned(const Word& word, std::string_view what) {
  std::uint64_t value = 0;
  if (!read_digits(word.text, value))
    throw UserError(word.where, fmt::format("{} is '{}'; allowed: an integer from 0 to 0x{:x}",
                                            what, word.text, ~std::uint64_t{0}));
  return value;
}

float parse_float(const Word& word, std::string_view what) {
  std::string_view text = word.text;
  float value = 0;
  if (text.size() > 5 && text.substr(0, 4) == "nan(" && text.back() == ')') {
    std::uint64_t bits = 0;
    if (read_digits(text.substr(4, text.size() - 5), bits) && from_word(bits, value) &&
        value != value)
      return value;
  } else {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return value;
  }
  throw UserError(word.where,
                  fmt::format("{} is '{}'; allowed: a number, inf, -inf or nan", what, word.text));
}

Format parse_format(const Word& word) { return parse_enum<Format>(word); }
Opcode parse_opcode(const Word& word) { return parse_enum<Opcode>(word); }

void parse_field(const Word& word, Operation& operation) {
  std::visit([&](auto& op) { parse_field_of(word, op); }, operation);
}

Operation default_operation(Opcode opcode) {
  switch (opcode) {
    case Opcode::load:
      return Load{};
    case Opcode::store:
      return Store{};
    case Opcode::preload:
      return Preload{};
    case Opcode::matmul:
      return Matmul{};
    case Opcode::vector:
      return VectorOp{};
    case Opcode::sync:
      return Sync{};
  }
  SYSTOLITH_CHECK(false, "no opcode has the number {}", static_cast<int>(opcode));
}

}  // namespace systolith
