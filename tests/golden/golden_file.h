// Comparison with a blessed text file of the source tree. SYSTOLITH_BLESS=1 rewrites the file
// instead, except under CI (environment variable CI set), which never writes.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace systolith::testing {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The first `limit` lines of difference: "-" blessed, "+" actual, aligned by line number.
inline std::string difference(const std::string& blessed, const std::string& actual,
                              std::size_t limit = 40) {
  const auto before = lines_of(blessed), after = lines_of(actual);
  std::ostringstream out;
  std::size_t shown = 0, hidden = 0;
  const auto show = [&](char sign, std::size_t i, const std::vector<std::string>& lines) {
    if (i >= lines.size()) return;
    if (shown < limit)
      out << sign << i + 1 << ": " << lines[i] << '\n', ++shown;
    else
      ++hidden;
  };
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    if (i < before.size() && i < after.size() && before[i] == after[i]) continue;
    show('-', i, before);
    show('+', i, after);
  }
  if (hidden != 0) out << "... and " << hidden << " more lines\n";
  return out.str();
}

// Requires: `path` lies in the source tree; `bless` is the command that rewrites it.
inline void expect_golden(const std::string& path, const std::string& actual,
                          const std::string& bless) {
  if (std::getenv("SYSTOLITH_BLESS") != nullptr) {
    ASSERT_TRUE(std::getenv("CI") == nullptr) << "CI never blesses golden files";
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  const std::string blessed = read_file(path);
  EXPECT_TRUE(blessed == actual) << path << " differs from what this build gives:\n"
                                 << difference(blessed, actual)
                                 << "If the difference is meant, bless it with: " << bless;
}

}  // namespace systolith::testing
