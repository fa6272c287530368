// Draws a layer's weights and works out what they make of its inputs.
#pragma once

#include <cstdint>

#include "models/zoo/moments.h"
#include "models/zoo/random.h"

namespace systolith {

// A convolution's weights are outputs x (inputs / groups) x taps; a linear layer's have one tap.
struct FilterShape {
  std::int64_t outputs = 0, groups = 1;
  // Of every tap: the share of output positions at which it is not on padding.
  std::vector<float> presence = {1};
};

struct Filters {
  std::vector<float> values;  // [outputs][inputs / groups][taps]
  ChannelMoments results;     // of every output: mean and variance of its weighted sum
};

// The deviation that keeps a rectified signal's strength (He et al., Delving deep into rectifiers,
// 2015).
float he_deviation(const ChannelMoments& inputs, const FilterShape& shape);
// The deviation that gives the sums a variance of 1.
float unit_deviation(const ChannelMoments& inputs, const FilterShape& shape);

// Requires: groups divides inputs.size() and outputs.
Filters draw_filters(Random random, const ChannelMoments& inputs, const FilterShape& shape,
                     float deviation);

}  // namespace systolith
