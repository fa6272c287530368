// A dataflow's pure schedule and timing: no SystemC. The array module and the compiler's cost model
// both ask here. hw/rtl is the yardstick: tests/cosim holds the two equal, cycle for cycle.
//
// One of the three matrices of a tile's product stays in the PEs while the others move past it.
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <optional>

#include "hw/arch/machine.h"
#include "hw/base/registry.h"
#include "hw/base/tile_operand.h"
#include "hw/base/units.h"

namespace systolith {

struct TileShape {
  std::int64_t m = 0;  // rows of activations and of sums
  std::int64_t k = 0;  // contraction, counted in what a PE multiplies in one cycle
  std::int64_t n = 0;  // columns of weights and of sums
};

// Activations (m, k), weights (k, n) or sums (m, n).
struct TileElement {
  TileOperand operand{};
  std::int64_t row = 0, col = 0;
  friend bool operator==(const TileElement& a, const TileElement& b) {
    return a.operand == b.operand && a.row == b.row && a.col == b.col;
  }
};

// The PEs from (0, 0) on that a tile's stationary operand takes.
struct ArrayExtent {
  std::int64_t rows = 0, cols = 0;
};

enum class ArrayEdge : std::uint8_t { left, top };

class Dataflow {
 public:
  static constexpr const char* kKind = "dataflow";
  using Factory = std::unique_ptr<Dataflow> (*)(const ArrayConfig& array);
  static constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();

  virtual ~Dataflow() = default;
  virtual TileOperand stationary() const = 0;
  // The largest tile; kAny where a dimension is streamed.
  virtual TileShape limits() const = 0;

  // The feed schedule: what enters lane `lane` of an edge in step `step`, none where the tile
  // leaves the lane empty. A step is a cycle of the load (top edge of an array that is loaded) or
  // of the stream (every other edge) in which nothing is held up; lane l is fed l cycles after lane
  // 0.
  virtual std::optional<TileElement> fed(ArrayEdge edge, std::int64_t lane, std::int64_t step,
                                         const TileShape& tile) const = 0;
  // The sum that accumulator row `row` (from the command's first), column `col` takes.
  virtual TileElement lands(std::int64_t row, std::int64_t col) const = 0;
  virtual ArrayExtent occupies(const TileShape& tile) const = 0;
  // Accumulator rows that a tile takes.
  virtual std::int64_t sum_rows(const TileShape& tile) const = 0;

  // Cycles from the first element of a stationary tile entering the array to its stream's earliest
  // start; 0 where the sums are what is stationary.
  virtual Cycles load(const TileShape& tile) const = 0;
  // Cycles from the start of the stream that takes a loaded tile to the next load's earliest start,
  // with two planes.
  virtual Cycles plane_swap() const = 0;
  // Cycles the feeder is taken by a tile's stream.
  virtual Cycles stream(const TileShape& tile) const = 0;
  // Cycles from the first row fed to the last result in the accumulators.
  virtual Cycles latency(const TileShape& tile) const = 0;
  // Least distance of the ends of two streams whose sums leave the PEs, with two planes.
  virtual Cycles drain() const = 0;
};
template <>
const RegistrationTable<Dataflow>& registrations<Dataflow>();

// What the array is built to keep, by TileOperand.
std::array<bool, 3> kept_operands(const ArrayConfig& array);
// Of those that the array is built for, the one that keeps `operand`; null where there is none.
std::unique_ptr<Dataflow> dataflow_keeping(TileOperand operand, const ArrayConfig& array);

}  // namespace systolith
