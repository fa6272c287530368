// Weights are held in the PEs, activations move right, partial sums flow down.
//
// PE (r, c) of an R x C array multiplies its weight w[r][c] with the activation that enters from
// the left and adds it to the partial sum that enters from above; both leave through registers, so
// each hop takes one cycle (the wavefront of Kung, "Why systolic architectures?", IEEE Computer
// 15(1), 1982). The feeder skews row r by r cycles, so that an activation meets the sum of the rows
// above it:
//
//   x[m][r] enters row r at cycle          m + r
//   it is multiplied in column c at cycle  m + r + c
//   sum m of column c leaves row R-1 at    m + (R-1) + c
//
// One streamed row enters per cycle, so a tile's stream takes m cycles. Its last sum, of row m-1 in
// column C-1, appears (m-1) + (R-1) + (C-1) cycles after the first input; counting that cycle too,
// m + R + C - 2. Rows and columns that a tile leaves unused still delay the wavefront.
//
// Weights shift down the columns one row per cycle behind a tag that travels with the wavefront
// (each PE latches its shadow weight when the tag passes), skewed as the data are: a tile takes R
// cycles, the next may follow at once, and with two planes a tile is done every max(m, R) cycles.
#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

class WeightStationary final : public Dataflow {
 public:
  explicit WeightStationary(const ArrayConfig& array) : rows_(array.rows), cols_(array.cols) {}

  Cycles load(const TileShape&) const override { return Cycles(rows_); }
  Cycles stream(const TileShape& tile) const override { return Cycles(tile.m); }
  Cycles latency(const TileShape& tile) const override {
    return Cycles(tile.m + rows_ + cols_ - 2);
  }

 private:
  std::int64_t rows_, cols_;
};

}  // namespace

extern const Registration<Dataflow> weight_stationary = {
    "weight_stationary", "Weights held in the PEs; partial sums flow down.",
    [](const ArrayConfig& array) -> std::unique_ptr<Dataflow> {
      return std::make_unique<WeightStationary>(array);
    }};

}  // namespace systolith
