#include "hw/isa/reference.h"

#include <iterator>

#include "hw/base/error.h"
#include "hw/isa/names.h"
#include "hw/isa/parse.h"
#include "hw/isa/print.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

constexpr std::string_view kIntroduction = R"(# Commands

<!-- Generated from hw/isa/fields.h; regenerate with
     SYSTOLITH_BLESS=1 ctest --test-dir build -R CommandReference. -->

What a program's streams consist of (`hw/isa/command.h`). In the text form a command is
`index: name after 3 7 1:12 layer=2 tenant=1 field=value ...`: `after` lists the commands it waits
for, those of another core as `core:index`; a field left out has its default. Addresses may be
written in hexadecimal (`0x400`), lists with commas. Where single elements are addressed the unit is
the byte, of int4 the half byte: such an element may begin at any.
)";

constexpr std::array<std::string_view, std::variant_size_v<Operation>> kSummaries = {
    "DRAM or a shared level to the core's scratchpad.",
    "The core's scratchpad to DRAM or a shared level.",
    "Shifts a tile of stationary weights from the scratchpad into the array's free plane.",
    "Streams rows through the array into the accumulators.",
    "One pass of the vector unit over `shape` outputs.",
    "Only waits, so that others may wait for one command.",
};

template <class T>
std::string type_of(const T&) {
  if constexpr (std::is_enum_v<T>)
    return fmt::format("{}", fmt::join(names_of(enum_table<T>()), ", "));
  else if constexpr (std::is_same_v<T, float>)
    return "fp32";
  else if constexpr (std::is_same_v<T, bool>)
    return "true, false";
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return "address";
  else
    return "integer";
}
template <class T>
std::string type_of(const std::array<T, 4>&) {
  return "4 integers";
}
std::string type_of(const std::array<TransferLoop, 3>&) { return "up to 3 loops"; }

template <class T>
std::string default_text(const T& value) {
  if constexpr (std::is_same_v<T, float>)
    return to_text(value);
  else if constexpr (std::is_enum_v<T>)
    return std::string(find_value(enum_table<T>(), static_cast<std::uint8_t>(value))->name);
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return value == VectorOp::kAbsent ? "absent" : fmt::format("{:#x}", value);
  else
    return fmt::format("{}", value);
}
template <class T>
std::string default_text(const std::array<T, 4>& values) {
  return fmt::format("{}", fmt::join(values, ","));
}
std::string default_text(const std::array<TransferLoop, 3>&) { return "1:0:0"; }

std::string bound(std::int64_t value) {
  if (value == kReach) return "2^52";
  if (value == -kReach) return "-2^52";
  if (value == kInt32Max) return "2^31 - 1";
  if (value == -kInt32Max - 1) return "-2^31";
  return fmt::format("{}", value);
}

std::string range_text(const FieldRange& range) {
  if (range.low == 0 && range.high == 0) return "";
  return fmt::format("{} to {}", bound(range.low), bound(range.high));
}

template <class Op>
void describe(std::string& out, const Op& defaults) {
  bool any = false;
  visit_fields(OperationType<Op>{}, [&](const Field& field, auto access) {
    if (!any) out += "\n| field | type | default | range | meaning |\n|---|---|---|---|---|\n";
    any = true;
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} | {} |\n", full_name(field),
                   type_of(access(defaults)), default_text(access(defaults)),
                   range_text(field.range), field.meaning);
  });
}

}  // namespace

std::string commands_reference() {
  std::string out(kIntroduction);
  for (const auto& entry : enum_table<Opcode>().entries) {
    const auto* engine = find_value(enum_table<Engine>(), entry.value);
    fmt::format_to(std::back_inserter(out), "\n## {}\n\nEngine: {}. {}\n", entry.name, engine->name,
                   kSummaries[entry.value]);
    std::visit([&](const auto& op) { describe(out, op); },
               default_operation(static_cast<Opcode>(entry.value)));
  }
  return out;
}

}  // namespace systolith
