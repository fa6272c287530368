// Numbers with units, as people write them: "512KiB", "1.05GHz". Exact: no floating point on the
// way. Errors are UserErrors without a place; the caller knows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

struct Unit {
  std::string_view name;
  std::int64_t factor;  // in the base unit
};

// A kind of quantity and the units it may carry; the first one is the base unit.
struct UnitSet {
  std::string_view quantity;  // "size"
  std::vector<Unit> units;
  bool rounds = false;  // a value between two of the base unit is rounded down, not an error
};

const UnitSet& size_units();       // B KiB MiB GiB KB MB GB
const UnitSet& frequency_units();  // Hz kHz MHz GHz
const UnitSet& energy_units();     // fJ pJ nJ
const UnitSet& area_units();       // nm2 um2 mm2
const UnitSet& time_units();       // fs ps ns us ms s
const UnitSet& rate_units();       // of events: uHz; /s /ms /us Hz kHz MHz

// Inclusive, in the base unit.
struct Limits {
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool power_of_two = false;
};

// A decimal number and one of the units, an optional space between; in the base unit.
std::int64_t parse_quantity(std::string_view text, const UnitSet& set, const Limits& limits);

// A whole decimal number without unit.
std::int64_t parse_whole(std::string_view text, const Limits& limits);

// In the largest unit that gives a whole number: "512KiB".
std::string format_quantity(std::int64_t count, const UnitSet& set);

// "B, KiB, MiB, GiB, KB, MB, GB"
std::string unit_list(const UnitSet& set);

}  // namespace systolith
