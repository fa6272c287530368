#include "models/zoo/weights.h"

#include <cmath>

namespace systolith {
namespace {

std::size_t inputs_per_group(const ChannelMoments& inputs, const FilterShape& shape) {
  return inputs.size() / static_cast<std::size_t>(shape.groups);
}

}  // namespace

float he_deviation(const ChannelMoments& inputs, const FilterShape& shape) {
  const auto fan_in = static_cast<float>(inputs_per_group(inputs, shape) * shape.presence.size());
  return std::sqrt(2 / fan_in);
}

float unit_deviation(const ChannelMoments& inputs, const FilterShape& shape) {
  float variance = 0;
  for (const Moments& input : inputs) variance += input.variance;
  variance *= static_cast<float>(shape.presence.size()) / static_cast<float>(shape.groups);
  return 1 / std::sqrt(variance);
}

Filters draw_filters(Random random, const ChannelMoments& inputs, const FilterShape& shape,
                     float deviation) {
  const auto outputs = static_cast<std::size_t>(shape.outputs);
  const std::size_t depth = inputs_per_group(inputs, shape);
  const std::size_t outputs_per_group = outputs / static_cast<std::size_t>(shape.groups);
  Filters filters;
  filters.values.resize(outputs * depth * shape.presence.size());
  filters.results.resize(outputs);
  float* weight = filters.values.data();
  for (std::size_t output = 0; output < outputs; ++output) {
    const Moments* input = inputs.data() + output / outputs_per_group * depth;
    Moments result{0, 0};
    for (std::size_t i = 0; i < depth; ++i, ++input)
      for (const float presence : shape.presence) {
        const float w = random.normal(deviation);
        *weight++ = w;
        result.mean += w * presence * input->mean;
        result.variance += w * w * input->variance;
      }
    filters.results[output] = result;
  }
  return filters;
}

}  // namespace systolith
