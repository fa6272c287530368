// Registers around the PEs that the PE-level models of all dataflows share.
#pragma once

#include <vector>

#include "hw/array/stepped_array.h"

namespace systolith {

// `depth` registers in a row: what goes in at an edge comes out `depth` edges later.
template <class Value>
class DelayLine {
 public:
  explicit DelayLine(std::int64_t depth) : values_(static_cast<std::size_t>(depth)) {}

  // What comes out at the coming edge, at which `in` goes in.
  const Value& next(const Value& in) const { return values_.empty() ? in : values_[at_]; }
  Value push(const Value& in) {
    Value out = next(in);
    if (values_.empty()) return out;
    values_[at_] = in;
    at_ = (at_ + 1) % values_.size();
    return out;
  }

 private:
  std::vector<Value> values_;
  std::size_t at_ = 0;
};

// Counts a stream's rows in.
class RowCounter {
 public:
  struct Row {
    bool starts = false, enters = false, last = false;
  };

  // The coming edge, at which the stream (null: none) may start and a row is there or not.
  Row step(const ArrayStream* stream, bool may_start, bool row_there) {
    Row row;
    row.starts = left_ == 0 && stream != nullptr && may_start && row_there;
    row.enters = row.starts || (left_ > 0 && row_there);
    if (row.starts) left_ = stream->length;
    if (row.enters) row.last = --left_ == 0;
    return row;
  }

 private:
  std::int64_t left_ = 0;  // rows of the stream still to come
};

// The accumulators below the array.
class SumMemory {
 public:
  SumMemory(std::int64_t rows, std::int64_t cols)
      : cols_(cols), words_(static_cast<std::size_t>(rows * cols)) {}

  void write(std::int64_t row, std::int64_t col, std::int32_t sum, bool accumulate) {
    std::uint32_t& word = words_[static_cast<std::size_t>(row * cols_ + col)];
    word = (accumulate ? word : 0U) + static_cast<std::uint32_t>(sum);  // wraps
  }
  std::int32_t read(std::int64_t row, std::int64_t col) const {
    return static_cast<std::int32_t>(words_[static_cast<std::size_t>(row * cols_ + col)]);
  }

 private:
  std::int64_t cols_;
  std::vector<std::uint32_t> words_;
};

// The sum of a PE's products in a cycle.
inline std::int32_t products(const PeOperand& a, const PeOperand& b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::int32_t{a[i]} * b[i];
  return sum;
}

}  // namespace systolith
