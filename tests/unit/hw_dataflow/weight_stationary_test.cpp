#include <gtest/gtest.h>

#include <vector>

#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

std::unique_ptr<Dataflow> array_of(std::int64_t rows, std::int64_t cols) {
  ArrayConfig array;
  array.rows = rows;
  array.cols = cols;
  return registration<Dataflow>("weight_stationary").create(array);
}

// Steps every PE's registers edge by edge; returns the edges from the first input until the last
// sum stands in the accumulators. Independent of the closed form under test.
std::int64_t stepped_latency(std::int64_t rows, std::int64_t cols, std::int64_t m) {
  struct Register {
    std::int64_t row = -1;  // of the stream; -1: empty
  };
  const auto count = static_cast<std::size_t>(rows * cols);
  std::vector<Register> right(count), down(count);
  std::int64_t results = 0;
  for (std::int64_t edge = 0;; ++edge) {
    auto next_right = right, next_down = down;
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < cols; ++c) {
        const auto at = static_cast<std::size_t>(r * cols + c);
        const std::int64_t fed = edge - r >= 0 && edge - r < m ? edge - r : -1;
        const std::int64_t activation = c == 0 ? fed : right[at - 1].row;
        const std::int64_t sum =
            r == 0 ? activation : down[at - static_cast<std::size_t>(cols)].row;
        EXPECT_EQ(activation, sum) << "PE " << r << ',' << c << " edge " << edge;
        next_right[at].row = activation;
        next_down[at].row = sum;
        if (r == rows - 1 && sum >= 0) ++results;
      }
    right = next_right;
    down = next_down;
    if (results == m * cols) return edge + 1;
  }
}

TEST(WeightStationary, FourByFourTakesTenEdgesForFourRows) {
  EXPECT_EQ(array_of(4, 4)->latency({4, 4, 4}), Cycles(10));
}

TEST(WeightStationary, ASinglePeTakesOneEdgePerRow) {
  EXPECT_EQ(array_of(1, 1)->latency({1, 1, 1}), Cycles(1));
  EXPECT_EQ(array_of(1, 1)->latency({9, 1, 1}), Cycles(9));
}

TEST(WeightStationary, LatencyEqualsASteppedArray) {
  for (const std::int64_t rows : {1, 2, 4, 7})
    for (const std::int64_t cols : {1, 3, 4, 8})
      for (const std::int64_t m : {1, 2, 5, 16})
        EXPECT_EQ(array_of(rows, cols)->latency({m, rows, cols}),
                  Cycles(stepped_latency(rows, cols, m)))
            << rows << 'x' << cols << " m=" << m;
}

TEST(WeightStationary, TheFeederIsTakenOneCyclePerStreamedRow) {
  EXPECT_EQ(array_of(4, 4)->stream({5, 3, 2}), Cycles(5));
}

TEST(WeightStationary, LoadingTakesEveryRowOfTheArrayHoweverFewTheTileUses) {
  EXPECT_EQ(array_of(4, 8)->load({5, 4, 8}), Cycles(4));
  EXPECT_EQ(array_of(4, 8)->load({5, 1, 1}), Cycles(4));
}

TEST(WeightStationary, UnusedRowsAndColumnsStillDelayTheWavefront) {
  EXPECT_EQ(array_of(4, 4)->latency({1, 1, 1}), Cycles(7));
}

}  // namespace
}  // namespace systolith
