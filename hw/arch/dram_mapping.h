// From an address to a place in DRAM, as a mapping says in fields from the most to the least
// significant; the bytes of one burst lie below them all:
//
//   "row:bank:column:bankgroup:channel"
//   "row:column[9:5]:bank:channel:column[4:3]:bankgroup"     bits of a field
//
// `column` counts words of the bus. Those of one burst (column[2:0] where it has 8) belong below
// all others: they are left out, or come last. A field with one value may be left out. Fields whose
// number of values is not a power of two are taken whole.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hw/base/divisor.h"
#include "hw/base/units.h"

namespace systolith {

enum class DramField : std::uint8_t { row, bank, bankgroup, column, rank, pseudochannel, channel };
inline constexpr std::size_t kDramFields = 7;
inline constexpr std::array<std::string_view, kDramFields> kDramFieldNames = {
    "row", "bank", "bankgroup", "column", "rank", "pseudochannel", "channel"};

// How many values each field has; of columns, how many are in a burst, and their width.
struct DramExtents {
  std::array<std::int64_t, kDramFields> values{1, 1, 1, 1, 1, 1, 1};
  std::int64_t burst_columns = 1;  // power of two
  Bytes column_width = Bytes(1);

  std::int64_t& operator[](DramField field) { return values[static_cast<std::size_t>(field)]; }
  std::int64_t operator[](DramField field) const { return values[static_cast<std::size_t>(field)]; }
  Bytes burst() const { return column_width * burst_columns; }
  Bytes capacity() const;
};

// One value of each field; `column` is that of the burst's first word.
using DramPlace = std::array<std::int64_t, kDramFields>;
constexpr std::int64_t get(const DramPlace& place, DramField field) {
  return place[static_cast<std::size_t>(field)];
}

// What a mapping's text looks like: ECMAScript and JSON Schema; and in words, to complete
// "'x' is not ...".
extern const char* const kDramMappingPattern;
extern const char* const kDramMappingMeaning;

class DramMapping {
 public:
  // Part of a field: `values` of them, each worth `step` in the field.
  struct Digit {
    DramField field;
    std::int64_t step, values;
  };

  // Empty text: default_text(). Throws UserError: which bits are missing, twice or not there.
  DramMapping(const std::string& text, const DramExtents& extents);

  // Every field once, neighbouring bursts on different channels and bank groups.
  static const char* default_text();

  // The mapping of what is left of an address when the field's digits are taken out.
  DramMapping without(DramField field) const;

  // Least significant first, above the bytes of a burst.
  const std::vector<Digit>& digits() const { return digits_; }
  // Requires: address < the capacity.
  DramPlace place(std::uint64_t address) const;

 private:
  DramMapping(std::uint64_t burst, std::vector<Digit> digits);

  struct Step {  // a digit taken from an address
    DramField field;
    Divisor values;
    std::uint64_t worth;
  };

  Divisor burst_;
  std::vector<Digit> digits_;
  std::vector<Step> steps_;
};

}  // namespace systolith
