#include "compiler/quantize/calibration.h"

#include "models/ops/evaluate.h"

namespace systolith {
namespace {

// Lane by lane, so that compilers vectorise it. False where a value is NaN or infinite.
bool find_range(const std::vector<float>& values, Range& range) {
  constexpr std::size_t kLanes = 8;
  float low[kLanes] = {}, high[kLanes] = {}, zero[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float value = values[i + l];
      low[l] = value < low[l] ? value : low[l];
      high[l] = value > high[l] ? value : high[l];
      zero[l] += value - value;
    }
  for (; i < values.size(); ++i) {
    range.include(values[i]);
    zero[0] += values[i] - values[i];
  }
  for (std::size_t l = 0; l < kLanes; ++l) {
    range.include(Range{low[l], high[l]});
    if (zero[l] != 0 || zero[l] != zero[l]) return false;
  }
  return true;
}

void add_channels(const Tensor& value, Sighting& sighting) {
  const std::int64_t pixels = value.shape[2] * value.shape[3];
  sighting.channel_sums.resize(static_cast<std::size_t>(value.shape[1]));
  sighting.pixels += value.shape[0] * pixels;
  const float* at = value.floats.data();
  for (std::int64_t n = 0; n < value.shape[0]; ++n)
    for (double& sum : sighting.channel_sums)
      for (std::int64_t i = 0; i < pixels; ++i) sum += double{*at++};
}

}  // namespace

SightingMap calibrate(const Graph& graph, const std::vector<TensorMap>& batches, Detail detail,
                      const std::function<void()>& poll) {
  SightingMap sightings;
  const auto observe = [&](const std::string& name, const Tensor& value) {
    poll();
    Range range;
    if (!find_range(value.floats, range))
      user_error("value '{}' is not finite on the calibration input", name);
    Sighting& sighting = sightings[name];
    sighting.range.include(range);
    if (detail == Detail::ranges) return;
    sighting.histogram.add(value.floats);
    if (value.shape.size() == 4) add_channels(value, sighting);
  };
  for (const TensorMap& inputs : batches) {
    for (const auto& [name, value] : inputs) observe(name, value);
    evaluate_observed(graph, inputs, observe);
  }
  return sightings;
}

}  // namespace systolith
