#include "hw/isa/print.h"

#include <cmath>
#include <iterator>

#include "hw/base/error.h"
#include "hw/isa/names.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

constexpr std::uint32_t kPlainNan = 0x7fc00000;

template <class T>
void print_value(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, float>) {
    out += to_text(value);
  } else if constexpr (std::is_enum_v<T>) {
    const auto* entry = find_value(enum_table<T>(), static_cast<std::uint8_t>(value));
    out += entry ? std::string(entry->name) : fmt::format("number {}", to_word(value));
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    fmt::format_to(std::back_inserter(out), "{:#x}", value);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

template <class T>
void print_value(std::string& out, const std::array<T, 4>& values) {
  fmt::format_to(std::back_inserter(out), "{}", fmt::join(values, ","));
}

// Up to the innermost loop in use.
void print_value(std::string& out, const std::array<TransferLoop, 3>& loops) {
  std::size_t used = loops.size();
  while (used > 1 && same_words(loops[used - 1], TransferLoop{})) --used;
  for (std::size_t i = 0; i < used; ++i)
    fmt::format_to(std::back_inserter(out), "{}{}:{}:{}", i == 0 ? "" : ",", loops[i].count,
                   loops[i].system_stride, loops[i].local_stride);
}

template <class Op>
void print_fields(std::string& out, const Op& op) {
  [[maybe_unused]] static const Op defaults{};  // Sync has no field to compare
  visit_fields(OperationType<Op>{}, [&](const Field& field, auto access) {
    if (same_words(access(op), access(defaults))) return;
    out += ' ';
    if (!field.group.empty()) out.append(field.group) += '.';
    out.append(field.name) += '=';
    print_value(out, access(op));
  });
}

}  // namespace

std::string full_name(const Field& field) {
  return field.group.empty() ? std::string(field.name)
                             : fmt::format("{}.{}", field.group, field.name);
}

std::string to_text(float value) {
  if (!std::isnan(value)) return fmt::format("{}", value);
  const auto bits = to_word(value);
  return bits == kPlainNan ? "nan" : fmt::format("nan({:#x})", bits);
}

std::string to_text(const Operation& operation) {
  std::string out(to_string(static_cast<Opcode>(operation.index())));
  std::visit([&](const auto& op) { print_fields(out, op); }, operation);
  return out;
}

}  // namespace systolith
