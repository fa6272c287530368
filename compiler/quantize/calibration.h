// What values a network's tensors take on seeded inputs.
#pragma once

#include <map>
#include <string>

#include "models/graph/graph.h"

namespace systolith {

struct Range {
  float low = 0, high = 0;  // include 0

  void include(float value) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  void include(const Range& other) {
    include(other.low);
    include(other.high);
  }
};
using RangeMap = std::map<std::string, Range>;

// Standard normal values for every float32 input and 0 or 1 (a label that every classifier has) for
// every int64 one, the same on every host. UserError on other inputs.
TensorMap seeded_inputs(const Graph& graph, std::uint64_t seed);

// Runs the reference semantics on seeded inputs (seeds seed, seed + 1, …, one per batch) and
// returns every value's range. Requires: sorted, shapes inferred. UserError names a value that is
// not finite.
RangeMap calibrate(const Graph& graph, std::uint64_t seed, int batches);

}  // namespace systolith
