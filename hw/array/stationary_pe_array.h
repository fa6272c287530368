// The PE-level model of weight stationary and input stationary arrays, which differ only in which
// operand stays.
#pragma once

#include "hw/arch/machine.h"
#include "hw/array/pe_blocks.h"

namespace systolith {

class StationaryPeArray final : public SteppedArray {
 public:
  StationaryPeArray(const ArrayConfig& array, std::int64_t accumulator_rows);

  bool load_done() const override { return load_done_; }
  bool stream_done() const override;
  Taken step(const Offer& offer) override;
  std::int32_t accumulator(std::int64_t row, std::int64_t col) override {
    return sums_below_.read(row, col);
  }

 private:
  // What enters a lane of the left edge, and what goes with a row to the accumulators.
  struct Fed {
    PeOperand operand{};
    bool swap = false;
  };
  struct Word {
    PeOperand operand{};
    bool valid = false;
    bool first = false;  // for the PE that it reaches
  };
  struct Tag {
    bool valid = false, last = false, accumulate = false;
    std::int64_t row = 0, cols = 0;
  };

  // The PEs at an edge.
  void move_stream(std::int64_t r);
  void move_words();
  void shift_column(std::int64_t c, const PeOperand& word);
  void pass_word(std::int64_t r, std::int64_t c, const Word& word);
  void move_sums_out();
  // The edge registers at an edge.
  void take_rows(const Offer& offer, Taken& taken);
  void take_words(const Offer& offer, bool empty, Taken& taken);
  bool plane_free(bool empty, bool swaps) const;
  std::size_t at(std::int64_t r, std::int64_t c) const {
    return static_cast<std::size_t>(r * cols_ + c);
  }

  std::int64_t rows_, cols_;
  bool two_planes_, chained_;

  // Registers at the edges.
  RowCounter rows_in_;
  std::vector<Fed> left_;
  std::vector<Word> top_;
  Tag tag_;
  std::vector<DelayLine<Fed>> left_skew_;
  std::vector<DelayLine<Word>> top_skew_;
  DelayLine<Tag> tag_delay_;
  std::vector<Tag> tags_;  // of the sums that the last row holds

  // Registers of the PEs, row by row.
  std::vector<PeOperand> streamed_, active_, shadow_;
  std::vector<std::uint8_t> swap_;
  std::vector<std::int32_t> sum_;
  std::vector<Word> passing_;
  std::vector<std::uint8_t> kept_;  // the PE's own word has come, the next is its neighbour's

  // Of the commands.
  ArrayLoad load_;
  std::int64_t words_taken_ = 0;   // of the load under way; 0: none
  std::int64_t words_moving_ = 0;  // edges until the last word taken is in its place
  std::int64_t swapping_ = 0;      // edges until the swap has passed the last row
  std::int64_t in_flight_ = 0;     // streams
  bool loaded_ = false;            // a tile waits for its stream
  bool load_done_ = false;         // the last word was taken at the latest edge
  SumMemory sums_below_;
};

}  // namespace systolith
