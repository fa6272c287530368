#include "hw/arch/dram_mapping.h"

#include <algorithm>
#include <regex>

#include "hw/base/error.h"

namespace systolith {

#define SYSTOLITH_FIELD                                    \
  "(row|bank|bankgroup|column|rank|pseudochannel|channel)" \
  "(\\[[0-9]{1,2}(:[0-9]{1,2})?\\])?"
const char* const kDramMappingPattern = "^" SYSTOLITH_FIELD "(:" SYSTOLITH_FIELD ")*$";
#undef SYSTOLITH_FIELD
const char* const kDramMappingMeaning =
    "a list of the fields row, bank, bankgroup, column, rank, pseudochannel, channel, or bits of "
    "them such as column[9:3], with ':' between";

namespace {

constexpr bool is_power_of_two(std::int64_t n) { return (n & (n - 1)) == 0; }
int bits_of(std::int64_t values) {
  int bits = 0;
  while (std::int64_t{1} << bits < values) ++bits;
  return bits;
}

// Bits of a field, or all of it.
struct Part {
  DramField field;
  int high = 0, low = 0;
  bool whole = true;
};

std::string to_string(const Part& part) {
  const std::string_view name = kDramFieldNames[static_cast<std::size_t>(part.field)];
  if (part.whole) return std::string(name);
  if (part.high == part.low) return fmt::format("{}[{}]", name, part.low);
  return fmt::format("{}[{}:{}]", name, part.high, part.low);
}

// Most significant first.
std::vector<Part> parse(const std::string& text) {
  if (!std::regex_match(text, std::regex(kDramMappingPattern)))
    user_error("'{}' is not {}", text, kDramMappingMeaning);
  static const std::regex kPart("([a-z]+)(?:\\[([0-9]+)(?::([0-9]+))?\\])?");
  std::vector<Part> parts;
  for (std::sregex_iterator i(text.begin(), text.end(), kPart), end; i != end; ++i) {
    const auto* name = std::find(kDramFieldNames.begin(), kDramFieldNames.end(), (*i)[1].str());
    Part part{static_cast<DramField>(name - kDramFieldNames.begin())};
    if ((*i)[2].matched) {
      part.whole = false;
      part.high = std::stoi((*i)[2]);
      part.low = (*i)[3].matched ? std::stoi((*i)[3]) : part.high;
    }
    parts.push_back(part);
  }
  return parts;
}

// Turns parts, least significant first, into digits, and keeps account of what they cover.
class DigitReader {
 public:
  DigitReader(const std::string& text, const DramExtents& extents)
      : text_(text), extents_(extents), burst_bits_(bits_of(extents.burst_columns)) {
    for (std::size_t f = 0; f < kDramFields; ++f) {
      const std::int64_t values = extents.values[f];
      uses_[f].resize(is_power_of_two(values) ? static_cast<std::size_t>(bits_of(values)) : 1);
    }
  }

  void read(Part part) {
    const std::int64_t values = extents_[part.field];
    if (!is_power_of_two(values)) return read_whole(part, values);
    const int bits = bits_of(values);
    if (part.whole)
      part.high = bits - 1, part.low = part.field == DramField::column ? burst_bits_ : 0;
    check_bits(part, bits);
    mark(part);
    if (part.field == DramField::column && part.low < burst_bits_) drop_burst_bits(part);
    if (part.high >= part.low)
      digits_.push_back(
          {part.field, std::int64_t{1} << part.low, std::int64_t{1} << (part.high - part.low + 1)});
  }

  std::vector<DramMapping::Digit> finish() {
    for (std::size_t f = 0; f < kDramFields; ++f) check_complete(static_cast<DramField>(f));
    return std::move(digits_);
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    user_error("'{}' {}", text_, fmt::format(format, std::forward<Args>(args)...));
  }
  std::vector<int>& uses(DramField field) { return uses_[static_cast<std::size_t>(field)]; }

  void read_whole(const Part& part, std::int64_t values) {
    if (!part.whole)
      fail("has {}, but the {} values of {} are not a power of two: it is taken whole",
           to_string(part), values, to_string(Part{part.field}));
    if (++uses(part.field)[0] > 1) fail("has {} twice", to_string(part));
    digits_.push_back({part.field, 1, values});
  }

  void check_bits(const Part& part, int bits) const {
    if (part.high < part.low && !part.whole)
      fail("has {}, where the higher bit comes first", to_string(part));
    if (part.high < bits) return;
    if (bits == 0) fail("has {}, but there is one value of it, no bit", to_string(part));
    fail("has {}, beyond {}", to_string(part), to_string(Part{part.field, bits - 1, 0, false}));
  }

  void mark(const Part& part) {
    std::vector<int>& counts = uses(part.field);
    for (int bit = part.low; bit <= part.high; ++bit)
      if (++counts[static_cast<std::size_t>(bit)] > 1)
        fail("has {} twice",
             part.whole ? to_string(part) : to_string(Part{part.field, bit, bit, false}));
  }

  // The columns of one burst are below all digits, in their order.
  void drop_burst_bits(Part& part) {
    if (!digits_.empty() || part.low != burst_bits_named_)
      fail("has {} above other fields, but {} are within a burst: left out, or last",
           to_string(part), to_string(Part{DramField::column, burst_bits_ - 1, 0, false}));
    burst_bits_named_ = std::min(part.high + 1, burst_bits_);
    part.low = burst_bits_named_;
  }

  void check_complete(DramField field) {
    const std::vector<int>& counts = uses(field);
    const bool column = field == DramField::column;
    const int first = column && burst_bits_named_ == 0 ? burst_bits_ : 0;
    const int bits = static_cast<int>(counts.size());
    for (int low = first; low < bits; ++low) {
      int high = low;
      while (high < bits && counts[static_cast<std::size_t>(high)] == 0) ++high;
      if (high == low) continue;
      const bool all = low == first && high == bits;
      fail("lacks {}", to_string(Part{field, high - 1, low, all}));
    }
  }

  const std::string& text_;
  const DramExtents& extents_;
  int burst_bits_, burst_bits_named_ = 0;
  std::array<std::vector<int>, kDramFields> uses_;  // of each bit, or of the whole field
  std::vector<DramMapping::Digit> digits_;
};

std::vector<DramMapping::Digit> read_digits(const std::string& text, const DramExtents& extents) {
  std::vector<Part> parts = parse(text);
  std::reverse(parts.begin(), parts.end());
  DigitReader reader(text, extents);
  for (const Part& part : parts) reader.read(part);
  return reader.finish();
}

}  // namespace

Bytes DramExtents::capacity() const {
  Bytes bytes = column_width;
  for (const std::int64_t count : values) bytes *= count;
  return bytes;
}

const char* DramMapping::default_text() {
  return "row:rank:bank:column:bankgroup:pseudochannel:channel";
}

DramMapping::DramMapping(const std::string& text, const DramExtents& extents)
    : DramMapping(static_cast<std::uint64_t>(extents.burst().count()),
                  read_digits(text.empty() ? default_text() : text, extents)) {}

DramMapping::DramMapping(std::uint64_t burst, std::vector<Digit> digits)
    : burst_(burst), digits_(std::move(digits)) {
  for (const Digit& digit : digits_)
    steps_.push_back({digit.field, Divisor(static_cast<std::uint64_t>(digit.values)),
                      static_cast<std::uint64_t>(digit.step)});
}

DramMapping DramMapping::without(DramField field) const {
  std::vector<Digit> rest;
  for (const Digit& digit : digits_)
    if (digit.field != field) rest.push_back(digit);
  return {burst_.value(), std::move(rest)};
}

DramPlace DramMapping::place(std::uint64_t address) const {
  DramPlace place{};
  std::uint64_t rest = burst_.quotient(address);
  for (const Step& step : steps_) {
    place[static_cast<std::size_t>(step.field)] +=
        static_cast<std::int64_t>(step.values.remainder(rest) * step.worth);
    rest = step.values.quotient(rest);
  }
  return place;
}

}  // namespace systolith
