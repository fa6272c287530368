// Sums are held in the PEs, activations move right, weights move down.
//
// PE (r, c) of an R x C array adds a[r][k] x w[k][c] to its sum, for k = 0 .. K-1. Row r is fed
// from the left r cycles later than row 0, column c from the top c cycles later than column 0, so
// that equal k meet:
//
//   a[r][k] and w[k][c] meet in PE (r, c) at cycle    k + r + c
//   PE (R-1, C-1) adds its last product at            (K-1) + (R-1) + (C-1)
//
// counting that cycle too, K + R + C - 2. Then the sums leave downwards. The sum of row r is ready
// at K-1 + r (+ c from here on) and moves half a row a cycle, through two registers a row:
//
//   it stands in the last row at    K-1 + r + 2 (R-1 - r) = (K-1) + 2 (R-1) - r
//
// one word a cycle, the last row's first, at (K-1) + (R-1), row 0's last; that of column C-1 at
// (K-1) + 2 (R-1) + (C-1), which is cycle K + 2R + C - 3. A shift chain, which starts once the last
// row is ready and brings row 0's word down in R-1 shifts, takes just as long.
//
// With two planes the next tile adds up in the PEs meanwhile. Row r's register of the drain is
// passed by the words of the r rows above until K-1 + 2r, and the next tile's sum enters it at
// K'-1 + r after that one's start: the ends of two streams whose sums leave lie R apart or more,
// and a tile takes max(K, R). With one plane a tile waits until the one before it has left.
//
// A stream may also leave its sums where they are, for the next one to go on with.
#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

class OutputStationary final : public Dataflow {
 public:
  explicit OutputStationary(const ArrayConfig& array) : rows_(array.rows), cols_(array.cols) {}

  TileOperand stationary() const override { return TileOperand::sums; }
  TileShape limits() const override { return {rows_, kAny, cols_}; }

  std::optional<TileElement> fed(ArrayEdge edge, std::int64_t lane, std::int64_t step,
                                 const TileShape& tile) const override {
    if (edge == ArrayEdge::left) {
      if (lane >= tile.m) return std::nullopt;
      return TileElement{TileOperand::activations, lane, step};
    }
    if (lane >= tile.n) return std::nullopt;
    return TileElement{TileOperand::weights, step, lane};
  }
  TileElement lands(std::int64_t row, std::int64_t col) const override {
    return {TileOperand::sums, row, col};
  }
  ArrayExtent occupies(const TileShape& tile) const override { return {tile.m, tile.n}; }
  std::int64_t sum_rows(const TileShape& tile) const override { return tile.m; }

  Cycles load(const TileShape&) const override { return Cycles(0); }
  Cycles plane_swap() const override { return Cycles(0); }
  Cycles stream(const TileShape& tile) const override { return Cycles(tile.k); }
  Cycles latency(const TileShape& tile) const override {
    return Cycles(tile.k + 2 * rows_ + cols_ - 3);
  }
  Cycles drain() const override { return Cycles(rows_); }

 private:
  std::int64_t rows_, cols_;
};

}  // namespace

extern const Registration<Dataflow> output_stationary = {
    "output_stationary", "Sums held in the PEs; activations flow right, weights down.",
    [](const ArrayConfig& array) -> std::unique_ptr<Dataflow> {
      return std::make_unique<OutputStationary>(array);
    }};

}  // namespace systolith
