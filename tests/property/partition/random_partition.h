// Random partitions of an array of 32 x 32: halves of halves of it, some of which stay unused.
#pragma once

#include <fmt/format.h>

#include <string>

#include "tests/property/whole_way/random_case.h"

namespace systolith::testing {

// A core with enough of everything for 1/16 of it.
constexpr const char* kDivisibleCore =
    "core: {dma: {channels: 16, outstanding: 64}, accumulator: {capacity: 2MiB, banks: 16},\n"
    "       array: {partition: ";

class RandomPartition {
 public:
  explicit RandomPartition(Draw& draw) : draw_(draw) {
    cut(0, 0, 32, 32, 4);
    if (text_.empty()) text_ = "{rows: 16, cols: 16}";
  }
  std::string yaml() const { return fmt::format("{}[{}]}}}}\n", kDivisibleCore, text_); }

 private:
  void cut(int row, int col, int rows, int cols, int cuts) {
    if (cuts > 0 && !draw_.one_in(3)) {
      const bool down = draw_.one_in(2);
      const int r = down ? rows / 2 : rows, c = down ? cols : cols / 2;
      cut(row, col, r, c, cuts - 1);
      cut(down ? row + r : row, down ? col : col + c, r, c, cuts - 1);
    } else if (!draw_.one_in(4)) {
      text_ += fmt::format("{}{{row: {}, col: {}, rows: {}, cols: {}}}", text_.empty() ? "" : ", ",
                           row, col, rows, cols);
    }
  }

  Draw& draw_;
  std::string text_;
};

}  // namespace systolith::testing
