// What values a network's tensors take.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/quantize/histogram.h"
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

// What a value was seen to be. All but the range is empty where only ranges were asked for.
struct Sighting {
  Range range;
  Histogram histogram;
  // Of values [n, c, h, w]: each channel's sum, of so many pixels.
  std::vector<double> channel_sums;
  std::int64_t pixels = 0;

  double mean(std::size_t channel) const {
    return pixels == 0 ? 0 : channel_sums.at(channel) / static_cast<double>(pixels);
  }
};
using SightingMap = std::map<std::string, Sighting>;

enum class Detail { ranges, all };

// Runs the reference semantics on each batch and returns what every value was over all of them.
// `poll` is called node by node and may throw.
// Requires: sorted, shapes inferred. UserError names a value that is not finite.
SightingMap calibrate(
    const Graph& graph, const std::vector<TensorMap>& batches, Detail detail = Detail::ranges,
    const std::function<void()>& poll = [] {});

}  // namespace systolith
