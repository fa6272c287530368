// A core's accumulators: rows of `cols` 32-bit words, int32 (wrapping) or fp32 by the format that
// is summed into them.
#pragma once

#include <systemc>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

// The accumulators as an engine's port sees them.
class AccumulatorAccess : public virtual sc_core::sc_interface {
 public:
  virtual std::int64_t rows() const = 0;
  virtual std::int64_t cols() const = 0;
  // The words of a row; null without values.
  virtual std::uint32_t* row(std::int64_t index) = 0;
  // Books words read or written, for energy.
  virtual void count(std::int64_t words) = 0;
};

class Accumulators final : public sc_core::sc_module, public AccumulatorAccess {
 public:
  Accumulators(const sc_core::sc_module_name& name, const CoreConfig& config, bool values)
      : sc_module(name), rows_(config.accumulator_rows()), cols_(config.array.cols) {
    if (values) words_.resize(static_cast<std::size_t>(rows_ * cols_));
  }

  std::int64_t rows() const override { return rows_; }
  std::int64_t cols() const override { return cols_; }
  std::uint32_t* row(std::int64_t index) override {
    return words_.empty() ? nullptr : words_.data() + index * cols_;
  }
  void count(std::int64_t words) override { accesses_ += words; }

  std::int64_t accesses() const { return accesses_; }

 private:
  std::int64_t rows_, cols_;
  std::vector<std::uint32_t> words_;
  std::int64_t accesses_ = 0;
};

}  // namespace systolith
