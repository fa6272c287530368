// The PE-level model of output stationary arrays.
#pragma once

#include "hw/arch/machine.h"
#include "hw/array/pe_blocks.h"

namespace systolith {

class OutputPeArray final : public SteppedArray {
 public:
  OutputPeArray(const ArrayConfig& array, std::int64_t accumulator_rows);

  bool load_done() const override { return false; }
  bool stream_done() const override;
  Taken step(const Offer& offer) override;
  std::int32_t accumulator(std::int64_t row, std::int64_t col) override {
    return sums_below_.read(row, col);
  }

 private:
  struct Fed {  // a lane of the left edge
    PeOperand operand{};
    bool valid = false, first = false, last = false;
  };
  struct End {  // of a stream, on its way to the last row of PEs
    bool here = false, drains = false, accumulate = false;
    std::int64_t row = 0, rows = 0, cols = 0;
  };
  struct Tag {  // of a word that leaves at the bottom
    bool valid = false, accumulate = false, done = false;
    std::int64_t row = 0, cols = 0;
  };

  // The PEs at an edge.
  void move_row(std::int64_t r);
  void add(std::size_t pe, const Fed& fed, std::int32_t from_above);
  void move_sums_out();
  Tag next_word();
  // The edge registers at an edge.
  void take_rows(const Offer& offer, bool empty, Taken& taken);
  std::size_t at(std::int64_t r, std::int64_t c) const {
    return static_cast<std::size_t>(r * cols_ + c);
  }

  std::int64_t rows_, cols_;
  bool two_planes_;

  // Registers at the edges.
  RowCounter rows_in_;
  std::vector<Fed> left_;
  LaneRow top_;
  End end_;
  std::vector<DelayLine<Fed>> left_skew_;
  std::vector<DelayLine<PeOperand>> top_skew_;
  DelayLine<End> end_delay_;
  DelayLine<std::uint8_t> done_delay_;
  End leaving_;                  // whose words leave column 0
  std::int64_t words_left_ = 0;  // of them
  std::vector<Tag> tags_;        // of the words that the last row's drain holds

  // Registers of the PEs, row by row.
  std::vector<Fed> activation_;
  LaneRow weight_;
  std::vector<std::int32_t> sum_, drain_, passing_;
  std::vector<std::uint8_t> draining_;  // one plane: the sum's register is the drain's

  // Of the commands.
  ArrayStream stream_;
  std::int64_t drain_taken_ = 0;  // edges until the last sum of a stream may follow
  std::int64_t in_flight_ = 0;
  SumMemory sums_below_;
};

}  // namespace systolith
