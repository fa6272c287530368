// A table for the terminal: columns as wide as their widest cell, header underlined.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systolith {

class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::right;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // Requires: as many cells as columns.
  void add(std::vector<std::string> cells);
  // Lines without trailing blanks, each ending in a newline.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// At most `width` characters, the middle replaced by "..".
std::string shortened(const std::string& text, std::size_t width);
std::string with_thousands(std::int64_t value);  // "1,234,567"
std::string human_bytes(std::int64_t bytes);     // "97.5 MiB"
std::string human_si(double value);              // "4.09 G"
std::string percent(double fraction);            // "12.3%"

}  // namespace systolith
