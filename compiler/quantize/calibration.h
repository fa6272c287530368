// What values a network's tensors take.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

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

// Runs the reference semantics on each batch and returns every value's range over all of them.
// `poll` is called node by node and may throw.
// Requires: sorted, shapes inferred. UserError names a value that is not finite.
RangeMap calibrate(
    const Graph& graph, const std::vector<TensorMap>& batches,
    const std::function<void()>& poll = [] {});

}  // namespace systolith
