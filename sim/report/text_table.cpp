#include "sim/report/text_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::string_view kGap = "  ";

void append_line(std::string& text, const std::string& line) {
  text += line.substr(0, line.find_last_not_of(' ') + 1);
  text += '\n';
}

std::string scaled(double value, double step, const std::vector<const char*>& units) {
  std::size_t unit = 0;
  // 999.95 would print as 1000.0 with one decimal.
  while (std::abs(value) >= step - 0.05 && unit + 1 < units.size()) {
    value /= step;
    ++unit;
  }
  if (unit == 0 && value == std::floor(value)) return fmt::format("{:.0f} {}", value, units[unit]);
  return fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
  SYSTOLITH_CHECK(cells.size() == columns_.size(), "{} cells for {} columns", cells.size(),
                  columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = columns_[c].title.size();
    for (const auto& row : rows_) width = std::max(width, row[c].size());
    widths.push_back(width);
  }
  const auto line = [&](const auto& cell) {
    std::string joined;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) joined += kGap;
      joined += columns_[c].align == Align::left ? fmt::format("{:<{}}", cell(c), widths[c])
                                                 : fmt::format("{:>{}}", cell(c), widths[c]);
    }
    return joined;
  };
  std::string text;
  append_line(text, line([&](std::size_t c) { return columns_[c].title; }));
  append_line(text, line([&](std::size_t c) { return std::string(widths[c], '-'); }));
  for (const auto& row : rows_) append_line(text, line([&](std::size_t c) { return row[c]; }));
  return text;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text;
  const std::size_t head = (width - 2) / 2;
  const std::size_t tail = width - 2 - head;
  return text.substr(0, head) + ".." + text.substr(text.size() - tail);
}

std::string with_thousands(std::int64_t value) {
  std::string digits = std::to_string(value);
  const auto first = static_cast<std::ptrdiff_t>(value < 0 ? 1 : 0);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > first; place -= 3)
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  return digits;
}

std::string human_bytes(std::int64_t bytes) {
  return scaled(static_cast<double>(bytes), 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string human_si(double value) {
  std::string text = scaled(value, 1000, {"", "k", "M", "G", "T", "P"});
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string percent(double fraction) { return fmt::format("{:.1f}%", 100 * fraction); }

}  // namespace systolith
