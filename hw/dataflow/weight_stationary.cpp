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
// The first activation of a tile carries a tag along; a PE takes the weight loaded behind it
// (hw/dataflow/stationary_load.h) when the tag passes, so that tiles follow each other without a
// gap.
#include "hw/dataflow/dataflow.h"
#include "hw/dataflow/stationary_load.h"

namespace systolith {
namespace {

class WeightStationary final : public Dataflow {
 public:
  explicit WeightStationary(const ArrayConfig& array)
      : rows_(array.rows), cols_(array.cols), load_(array) {}

  TileOperand stationary() const override { return TileOperand::weights; }
  TileShape limits() const override { return {kAny, rows_, cols_}; }

  std::optional<TileElement> fed(ArrayEdge edge, std::int64_t lane, std::int64_t step,
                                 const TileShape& tile) const override {
    if (edge == ArrayEdge::left) {
      if (lane >= tile.k) return std::nullopt;
      return TileElement{TileOperand::activations, step, lane};
    }
    if (load_.row(step) >= tile.k || lane >= tile.n) return std::nullopt;
    return TileElement{TileOperand::weights, load_.row(step), lane};
  }
  TileElement lands(std::int64_t row, std::int64_t col) const override {
    return {TileOperand::sums, row, col};
  }
  ArrayExtent occupies(const TileShape& tile) const override { return {tile.k, tile.n}; }
  std::int64_t sum_rows(const TileShape& tile) const override { return tile.m; }

  Cycles load(const TileShape&) const override { return load_.load(); }
  Cycles plane_swap() const override { return load_.plane_swap(); }
  Cycles stream(const TileShape& tile) const override { return Cycles(tile.m); }
  Cycles latency(const TileShape& tile) const override {
    return Cycles(tile.m + rows_ + cols_ - 2);
  }
  Cycles drain() const override { return Cycles(0); }  // sums leave as they are made

 private:
  std::int64_t rows_, cols_;
  StationaryLoad load_;
};

}  // namespace

extern const Registration<Dataflow> weight_stationary = {
    "weight_stationary", "Weights held in the PEs; partial sums flow down.",
    [](const ArrayConfig& array) -> std::unique_ptr<Dataflow> {
      return std::make_unique<WeightStationary>(array);
    }};

}  // namespace systolith
