#include "compiler/quantize/calibration.h"

#include <cmath>

#include "hw/arith/epilogue.h"
#include "models/ops/evaluate.h"

namespace systolith {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014) and Marsaglia's polar method, on operations that IEEE 754
// fixes: std::normal_distribution differs between libraries.
class NormalGenerator {
 public:
  explicit NormalGenerator(std::uint64_t seed) : state_(seed) {}

  float next() {
    if (has_spare_) {
      has_spare_ = false;
      return static_cast<float>(spare_);
    }
    double u = 0, v = 0, square = 0;
    do {
      u = uniform();
      v = uniform();
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    const double factor = std::sqrt(-2 * log_fixed(square) / square);
    spare_ = v * factor;
    has_spare_ = true;
    return static_cast<float>(u * factor);
  }

 private:
  // In [-1, 1), a multiple of 2^-52.
  double uniform() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-52 - 1;
  }

  std::uint64_t state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

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

TensorMap seeded_inputs(const Graph& graph, std::uint64_t seed) {
  TensorMap inputs;
  NormalGenerator normal(seed);
  for (const Value& input : graph.inputs) {
    if (input.type != DataType::float32 && input.type != DataType::int64)
      user_error("input '{}' is {}; only float32 and int64 inputs are supported", input.name,
                 to_string(input.type));
    Tensor& tensor = inputs[input.name];
    tensor.type = input.type;
    tensor.shape = input.shape;
    const auto count = static_cast<std::size_t>(elements(input.shape));
    if (input.type == DataType::float32)
      for (std::size_t i = 0; i < count; ++i) tensor.floats.push_back(normal.next());
    else
      for (std::size_t i = 0; i < count; ++i) tensor.integers.push_back(normal.next() > 0 ? 1 : 0);
  }
  return inputs;
}

RangeMap calibrate(const Graph& graph, std::uint64_t seed, int batches) {
  if (batches < 1) user_error("{} calibration batches (allowed: at least 1)", batches);
  RangeMap ranges;
  const auto observe = [&](const std::string& name, const Tensor& value) {
    Range range;
    if (!find_range(value.floats, range))
      user_error("value '{}' is not finite on the calibration input", name);
    ranges[name].include(range);
  };
  for (int batch = 0; batch < batches; ++batch) {
    const TensorMap inputs = seeded_inputs(graph, seed + static_cast<std::uint64_t>(batch));
    for (const auto& [name, value] : inputs) observe(name, value);
    evaluate_observed(graph, inputs, observe);
  }
  return ranges;
}

}  // namespace systolith
