// A machine's array at the level of its PEs (core.array.detail: pe): every register of every PE at
// every edge, driven with the words and rows that the machine's loader and feeder read, when they
// read them. The closed form plans, this model executes: any edge or sum on which the two differ is
// an internal error. Integers of 4 and 8 bits. Plain C++, no SystemC.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "hw/array/pe_array.h"
#include "hw/array/tile_product.h"
#include "hw/base/units.h"

namespace systolith {

class PeDetail {
 public:
  struct Stream {
    Cycles first, end;               // the first row enters at `first`, the last at end - 1
    Cycles finish;                   // by the closed form
    std::vector<LaneRow> left, top;  // top: past stationary sums
    bool opens = true;
    std::int64_t rows = 0, cols = 0;  // of the sums
    std::vector<std::uint32_t> sums;  // by tile_product(); empty without values
  };

  // `name` is for messages.
  PeDetail(std::string name, const ArrayConfig& array, TileOperand stationary,
           std::int64_t accumulator_rows);

  // A tile's words enter from `first` to end - 1.
  void load(Cycles first, Cycles end, const WeightTile& tile);
  void stream(Stream stream);
  // Takes all edges before `now`; internal error where the closed form was wrong.
  void advance(Cycles now);
  // A tile that waits for its stream will never be taken. Requires: nothing moves after `now`.
  void forget_tile(Cycles now);
  bool idle() const { return loads_.empty() && streams_.empty() && in_flight_.empty(); }

 private:
  struct Load {
    Cycles first, end;
    ArrayLoad command;
    std::vector<LaneRow> words;
  };
  struct InFlight {
    Stream stream;
    std::int64_t row = 0;  // of the model's accumulators
  };

  void edge();
  void note_taken(const SteppedArray::Taken& taken);
  void compare(const InFlight& done);
  // Edge at which the next of `count` rows is there.
  static Cycles due(Cycles first, Cycles end, std::size_t next, std::size_t count);

  std::string name_;
  ArrayConfig config_;
  TileOperand stationary_;
  std::int64_t rows_, cols_;
  std::int64_t depth_;  // rows of the model's accumulators
  std::unique_ptr<SteppedArray> array_;
  Cycles edge_;
  std::deque<Load> loads_;
  std::deque<Stream> streams_;  // not fed whole yet; the front may be under way
  std::deque<InFlight> in_flight_;
  std::size_t words_ = 0, lanes_ = 0;  // entered of the front load and stream
  std::int64_t next_row_ = 0;          // free in the model's accumulators
};

// The rows of lanes of a Matmul: `codes` are its fed rows (hw/array/feed_plan.h), empty without
// values.
void feed_lanes(const WeightTile& tile, const std::vector<std::uint8_t>& codes, std::int64_t rows,
                const ArrayConfig& array, PeDetail::Stream& stream);

}  // namespace systolith
