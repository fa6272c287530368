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

}  // namespace

RangeMap calibrate(const Graph& graph, const std::vector<TensorMap>& batches,
                   const std::function<void()>& poll) {
  RangeMap ranges;
  const auto observe = [&](const std::string& name, const Tensor& value) {
    poll();
    Range range;
    if (!find_range(value.floats, range))
      user_error("value '{}' is not finite on the calibration input", name);
    ranges[name].include(range);
  };
  for (const TensorMap& inputs : batches) {
    for (const auto& [name, value] : inputs) observe(name, value);
    evaluate_observed(graph, inputs, observe);
  }
  return ranges;
}

}  // namespace systolith
