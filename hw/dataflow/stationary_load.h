// How an operand that stays in the PEs gets there, down the columns: what weight stationary and
// input stationary share. Times count from the load's first word in column 0; column c is c later,
// as its data are. The wavefront of a stream that starts at s takes the loaded word of row r at
// s + r.
//
// pipelined  Words come in the order of the rows, each through a register of its own in every row
//            that it passes. Row r's word enters at r and has r rows to go: it is there at 2r, for
//            every r before the wavefront of a stream that starts at R. A row's shadow register is
//            overwritten 2r after the load's start, the wavefront of the stream that takes the tile
//            before it passes r after that stream's: the load may start with that stream.
// chain      All shadow registers of a column shift down at once, the last row's word first: R
//            shifts. Until the wavefront has passed the last row, R-1 cycles after the stream's
//            start, the next load's first shift would overwrite words that are still to be taken.
//
// So a tile is in the array every max(stream, R), or every max(stream, 2R-1) cycles. Rows and
// columns that a tile leaves unused take zeros: a load is never shorter than R.
#pragma once

#include "hw/arch/machine.h"

namespace systolith {

class StationaryLoad {
 public:
  explicit StationaryLoad(const ArrayConfig& array)
      : rows_(array.rows), chained_(array.weight_load == "chain") {}

  Cycles load() const { return Cycles(rows_); }
  Cycles plane_swap() const { return Cycles(chained_ ? rows_ - 1 : 0); }
  // Row of the tile whose words enter in step `step` of a load.
  std::int64_t row(std::int64_t step) const { return chained_ ? rows_ - 1 - step : step; }

 private:
  std::int64_t rows_;
  bool chained_;
};

}  // namespace systolith
