// Random sequences of array commands, for every model of the array to answer alike.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "hw/arith/packing.h"
#include "hw/array/stepped_array.h"
#include "hw/dataflow/dataflow.h"

namespace systolith::cosim {

// An array as it is built: what the RTL fixes at elaboration.
struct Elaboration {
  ArrayConfig array;
  Packing packing = Packing::simd;
  std::int64_t accumulator_rows = 256;
};

// Integer matrices a[m x k] and w[k x n], in elements; products per PE and cycle.
struct Factors {
  std::int64_t m = 0, k = 0, n = 0, per_pe = 1;
  Format activations = Format::int8, weights = Format::int8;
  std::vector<std::int8_t> a, w;

  TileShape tile() const { return {m, ceil_div(k, per_pe), n}; }
  // What a PE takes at a time of the element that the feed schedule names.
  PeOperand operand(const TileElement& element) const;
};

struct ArrayStep {
  bool load = false;                       // else a stream
  std::shared_ptr<const Factors> factors;  // of a load only the stationary one matters
  bool opens = true, drains = true, accumulate = false;
  std::int64_t accumulator_row = 0;
  std::vector<std::size_t> after;     // earlier steps that must be done
  std::int64_t arrival = 0;           // cycle from which on it is in its engine's queue
  std::vector<std::int64_t> held_up;  // cycles that each row of lanes comes late; first: 0

  std::int64_t delay() const;
};

struct Sequence {
  Elaboration built;
  std::vector<ArrayStep> steps;
};

using Random = std::mt19937_64;

// Up to 8 steps that follow each other as no compiler would choose: partial tiles, kept tiles, rows
// that come late, commands that wait for any earlier one.
Sequence random_sequence(const Elaboration& built, Random& random);

// A whole product of up to 4 tiles in each direction, tile by tile, summed over its K tiles.
Sequence gemm_sequence(const Elaboration& built, Random& random);

// `count` full tiles, each loaded for `streamed` rows of its own: nothing waits but for the array.
Sequence repeated_tiles(const Elaboration& built, std::int64_t count, std::int64_t streamed);

std::unique_ptr<Dataflow> dataflow_of(const Elaboration& built);
// The format whose bits a lane holds: int8 where a PE has no mode for the pair and takes a narrower
// element as a wide one.
Format lane_format(const Factors& factors, Format format);
std::string to_text(const Sequence& sequence);

}  // namespace systolith::cosim
