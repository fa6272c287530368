// When the products of a stream enter an array that takes its rows in products of bounded length
// and has a bounded number of them under way, as Gemmini does: a compute instruction streams at
// most as many rows as the array has, which lie at one stride (a matrix's, or those of one output
// row), and a queue holds the tags of `products_in_flight` products from their first row to their
// last sum.
//
//   product j:  |- rows -|                       enters behind product j-1,
//               |- rows + R + C -------------|   and leaves; product j+n enters no earlier
//
// The next tile's words come in along with the last product, which then takes R cycles at least.
#pragma once

#include <algorithm>
#include <deque>

#include "hw/arch/machine.h"

namespace systolith {

class ProductIssue {
 public:
  struct Stream {
    std::int64_t rows = 1;    // in all
    std::int64_t run = 1;     // rows at one stride: no product goes across their end
    std::int64_t cycles = 1;  // of a row
  };

  explicit ProductIssue(const ArrayConfig& array)
      : rows_(array.product_rows),
        in_flight_(static_cast<std::size_t>(array.products_in_flight)),
        load_(array.rows),
        behind_(array.rows + array.cols) {}

  bool limited() const { return rows_ > 0; }

  // The end of a stream that starts at `start`. Requires: limited().
  Cycles stream(Cycles start, const Stream& stream) {
    for_each(stream, [&](std::int64_t length) {
      if (leaves_.size() == in_flight_) {
        start = std::max(start, leaves_.front());
        leaves_.pop_front();
      }
      leaves_.push_back(start + Cycles(length + behind_));
      start = start + Cycles(length);
    });
    return start;
  }

  // Cycles of a stream among many like it, about. Requires: limited().
  std::int64_t steady(const Stream& stream) const {
    std::int64_t direct = 0, under_way = 0;
    for_each(stream, [&](std::int64_t length) {
      direct += length;
      under_way += length + behind_;
    });
    return std::max(direct, ceil_div(under_way, static_cast<std::int64_t>(in_flight_)));
  }

 private:
  template <class Visit>
  void for_each(const Stream& stream, Visit visit) const {
    std::int64_t left = stream.rows;
    while (left > 0) {
      std::int64_t run = std::min(stream.run, left);
      for (left -= run; run > 0; run -= rows_) {
        const std::int64_t length = std::min(run, rows_) * stream.cycles;
        visit(left == 0 && run <= rows_ ? std::max(length, load_) : length);
      }
    }
  }

  std::int64_t rows_;
  std::size_t in_flight_;
  std::int64_t load_, behind_;
  std::deque<Cycles> leaves_;  // of the products under way
};

}  // namespace systolith
