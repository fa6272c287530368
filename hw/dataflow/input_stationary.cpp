// Activations are held in the PEs, weights move right, partial sums flow down.
//
// Weight stationary with the operands' roles exchanged: PE (r, c) of an R x C array holds the
// activation x[c][r] of row c of the tile, contraction index r, and multiplies it with the weight
// that enters from the left:
//
//   w[r][n] enters row r at cycle                  n + r
//   it is multiplied in column c at cycle          n + r + c
//   sum n of activation row c leaves row R-1 at    n + (R-1) + c
//
// One column of weights enters per cycle, so a tile's stream takes n cycles, and its last sum
// appears n + R + C - 2 cycles after the first input, that cycle counted. Sums come out transposed:
// accumulator row n, column m. The tile of activations is loaded as weights are
// (hw/dataflow/stationary_load.h) and taken by a tag that travels with the first weights.
#include "hw/dataflow/dataflow.h"
#include "hw/dataflow/stationary_load.h"

namespace systolith {
namespace {

class InputStationary final : public Dataflow {
 public:
  explicit InputStationary(const ArrayConfig& array)
      : rows_(array.rows), cols_(array.cols), load_(array) {}

  TileOperand stationary() const override { return TileOperand::activations; }
  TileShape limits() const override { return {cols_, rows_, kAny}; }

  std::optional<TileElement> fed(ArrayEdge edge, std::int64_t lane, std::int64_t step,
                                 const TileShape& tile) const override {
    if (edge == ArrayEdge::left) {
      if (lane >= tile.k) return std::nullopt;
      return TileElement{TileOperand::weights, lane, step};
    }
    if (load_.row(step) >= tile.k || lane >= tile.m) return std::nullopt;
    return TileElement{TileOperand::activations, lane, load_.row(step)};
  }
  TileElement lands(std::int64_t row, std::int64_t col) const override {
    return {TileOperand::sums, col, row};
  }
  ArrayExtent occupies(const TileShape& tile) const override { return {tile.k, tile.m}; }
  std::int64_t sum_rows(const TileShape& tile) const override { return tile.n; }

  Cycles load(const TileShape&) const override { return load_.load(); }
  Cycles plane_swap() const override { return load_.plane_swap(); }
  Cycles stream(const TileShape& tile) const override { return Cycles(tile.n); }
  Cycles latency(const TileShape& tile) const override {
    return Cycles(tile.n + rows_ + cols_ - 2);
  }
  Cycles drain() const override { return Cycles(0); }  // sums leave as they are made

 private:
  std::int64_t rows_, cols_;
  StationaryLoad load_;
};

}  // namespace

extern const Registration<Dataflow> input_stationary = {
    "input_stationary", "Activations held in the PEs; partial sums flow down.",
    [](const ArrayConfig& array) -> std::unique_ptr<Dataflow> {
      return std::make_unique<InputStationary>(array);
    }};

}  // namespace systolith
