#include "hw/arch/quantity_text.h"

#include <algorithm>
#include <functional>

#include "hw/base/error.h"

namespace systolith {
namespace {

__extension__ using Wide = __int128;
constexpr std::size_t kMaxDigits = 24;  // times the largest factor, 2^30, still fits a Wide

// mantissa / 10^decimals
struct Decimal {
  Wide mantissa = 0;
  int decimals = 0;
};

std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

// Takes "-12.5" off the front of `rest`; false where there is no number.
bool take_decimal(std::string_view& rest, Decimal& number) {
  const std::string_view text = rest;
  const bool negative = !rest.empty() && rest[0] == '-';
  if (negative) rest.remove_prefix(1);
  const std::string_view integer = take_digits(rest);
  std::string_view fraction;
  if (rest.size() > 1 && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
    if (fraction.empty()) return false;
  }
  if (integer.empty()) return false;
  if (integer.size() + fraction.size() > kMaxDigits)
    user_error("'{}' has too many digits (at most {})", text, kMaxDigits);
  for (const std::string_view part : {integer, fraction})
    for (const char digit : part) number.mantissa = number.mantissa * 10 + (digit - '0');
  if (negative) number.mantissa = -number.mantissa;
  number.decimals = static_cast<int>(fraction.size());
  return true;
}

void check_limits(std::string_view text, Wide value, const Limits& limits,
                  const std::function<std::string(std::int64_t)>& print) {
  const auto allowed = [&] {
    return fmt::format("(allowed: {} to {}{})", print(limits.low), print(limits.high),
                       limits.power_of_two ? ", powers of two" : "");
  };
  if (value < limits.low || value > limits.high)
    user_error("'{}' is out of range {}", text, allowed());
  const auto count = static_cast<std::uint64_t>(value);
  if (limits.power_of_two && (count & (count - 1)) != 0)
    user_error("'{}' is not a power of two {}", text, allowed());
}

const Unit& unit_of(std::string_view text, std::string_view name, const UnitSet& set) {
  if (name.empty()) user_error("'{}' has no unit (allowed: {})", text, unit_list(set));
  for (const Unit& unit : set.units)
    if (unit.name == name) return unit;
  user_error("'{}' has the unit '{}', not a unit of {} (allowed: {})", text, name, set.quantity,
             unit_list(set));
}

}  // namespace

const UnitSet& size_units() {
  static const UnitSet set = {"size",
                              {{"B", 1},
                               {"KiB", std::int64_t{1} << 10},
                               {"MiB", std::int64_t{1} << 20},
                               {"GiB", std::int64_t{1} << 30},
                               {"KB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000}}};
  return set;
}

const UnitSet& frequency_units() {
  static const UnitSet set = {
      "frequency", {{"Hz", 1}, {"kHz", 1'000}, {"MHz", 1'000'000}, {"GHz", 1'000'000'000}}};
  return set;
}

const UnitSet& energy_units() {
  static const UnitSet set = {"energy", {{"fJ", 1}, {"pJ", 1'000}, {"nJ", 1'000'000}}};
  return set;
}

const UnitSet& area_units() {
  static const UnitSet set = {"area", {{"nm2", 1}, {"um2", 1'000'000}, {"mm2", 1'000'000'000'000}}};
  return set;
}

const UnitSet& time_units() {
  static const UnitSet set = {"time",
                              {{"fs", 1},
                               {"ps", 1'000},
                               {"ns", 1'000'000},
                               {"us", 1'000'000'000},
                               {"ms", 1'000'000'000'000},
                               {"s", 1'000'000'000'000'000}},
                              true};
  return set;
}

const UnitSet& rate_units() {
  static const UnitSet set = {"rate",
                              {{"uHz", 1},
                               {"/s", 1'000'000},
                               {"/ms", 1'000'000'000},
                               {"/us", 1'000'000'000'000},
                               {"Hz", 1'000'000},
                               {"kHz", 1'000'000'000},
                               {"MHz", 1'000'000'000'000}},
                              true};
  return set;
}

std::int64_t parse_quantity(std::string_view text, const UnitSet& set, const Limits& limits) {
  std::string_view rest = text;
  Decimal number;
  if (!take_decimal(rest, number))
    user_error("'{}' is not a {} (a number with a unit: {})", text, set.quantity, unit_list(set));
  if (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  const Unit& unit = unit_of(text, rest, set);
  // The factor goes in first: 0.5KiB is whole, though half a byte is not.
  Wide value = number.mantissa * unit.factor;
  bool whole = true;
  for (int i = 0; i < number.decimals; ++i) {
    whole = whole && value % 10 == 0;
    value /= 10;
  }
  if (!whole && !set.rounds)
    user_error("'{}' is not a whole number of {}", text, set.units[0].name);
  check_limits(text, value, limits,
               [&](std::int64_t count) { return format_quantity(count, set); });
  return static_cast<std::int64_t>(value);
}

std::int64_t parse_whole(std::string_view text, const Limits& limits) {
  std::string_view rest = text;
  Decimal number;
  const bool leading_zero = text.size() > 1 && text[0] == '0';  // octal to some YAML readers
  if (!take_decimal(rest, number) || !rest.empty() || number.decimals > 0 || leading_zero)
    user_error("'{}' is not a whole number (allowed: {} to {})", text, limits.low, limits.high);
  check_limits(text, number.mantissa, limits,
               [](std::int64_t count) { return std::to_string(count); });
  return static_cast<std::int64_t>(number.mantissa);
}

std::string format_quantity(std::int64_t count, const UnitSet& set) {
  const Unit* best = &set.units[0];
  for (const Unit& unit : set.units)
    if (count != 0 && count % unit.factor == 0 && unit.factor > best->factor) best = &unit;
  return fmt::format("{}{}", count / best->factor, best->name);
}

std::string unit_list(const UnitSet& set) {
  std::string list;
  for (const Unit& unit : set.units) list += (list.empty() ? "" : ", ") + std::string(unit.name);
  return list;
}

}  // namespace systolith
