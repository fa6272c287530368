// The models of the array, each asked the same: when does every step start and end, and what is in
// the accumulators?
#pragma once

#include <map>
#include <string>

#include "tests/cosim/sequence.h"

namespace systolith::cosim {

struct Life {
  std::int64_t start = -1, finish = -1;
  friend bool operator==(Life a, Life b) { return a.start == b.start && a.finish == b.finish; }
};

using SumPlace = std::pair<std::int64_t, std::int64_t>;  // row, column of the accumulators

struct Outcome {
  std::vector<Life> lives;
  std::map<SumPlace, std::int32_t> sums;  // that any step wrote
};

// What full runs use: hw/dataflow's schedule, hw/array's product of a tile.
Outcome run_closed_form(const Sequence& sequence);

// Every edge of a model that is stepped; the sums are read at `places`.
Outcome run_stepped(const Sequence& sequence, SteppedArray& array,
                    const std::map<SumPlace, std::int32_t>& places);

// The differences, one a line; empty where there are none.
std::string differences(const Outcome& expected, const Outcome& found);

}  // namespace systolith::cosim
