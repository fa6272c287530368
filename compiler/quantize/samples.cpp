#include "compiler/quantize/samples.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "hw/arith/epilogue.h"
#include "models/ops/macs.h"

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

// A batch's part of an array, in the input's type.
Tensor part(const Tensor& samples, const Value& input, std::int64_t batch) {
  const std::int64_t count = elements(input.shape), first = batch * count;
  const auto cut = [&](const auto& from, auto& to) {
    if (!from.empty()) to.assign(from.begin() + first, from.begin() + first + count);
  };
  Tensor result{samples.type, input.shape, {}, {}};
  cut(samples.floats, result.floats);
  cut(samples.integers, result.integers);
  return as_type(input.name, std::move(result), input.type);
}

std::int64_t batches_in(const Tensor& samples, const Value& input) {
  Shape one = samples.shape;
  if (!one.empty() && !input.shape.empty()) one.front() = input.shape.front();
  const bool whole = one == input.shape && !one.empty() && samples.shape.front() > 0 &&
                     samples.shape.front() % input.shape.front() == 0;
  if (!whole)
    user_error("calibration: '{}' has shape {}, the network takes batches of {}", input.name,
               to_string(samples.shape), to_string(input.shape));
  return samples.shape.front() / input.shape.front();
}

std::int64_t batches_in(const Graph& graph, const TensorMap& samples) {
  std::int64_t batches = 0;
  for (const Value& input : graph.inputs) {
    const auto found = samples.find(input.name);
    if (found == samples.end()) user_error("calibration: no array '{}'", input.name);
    const std::int64_t own = batches_in(found->second, input);
    if (batches != 0 && own != batches)
      user_error("calibration: '{}' holds {} batches, '{}' {}", graph.inputs.front().name, batches,
                 input.name, own);
    batches = own;
  }
  return batches;
}

}  // namespace

namespace {

std::int64_t seeded_integer(const Value& input, float normal) {
  if (input.type == DataType::int64) return normal > 0 ? 1 : 0;
  if (input.type != DataType::int8 && input.type != DataType::uint8)
    user_error("input '{}' is {}; only float32, int64, int8 and uint8 inputs are supported",
               input.name, to_string(input.type));
  const auto code = static_cast<std::int64_t>(std::clamp(64 * normal, -128.0F, 127.0F));
  return input.type == DataType::uint8 ? code + 128 : code;
}

}  // namespace

TensorMap seeded_inputs(const Graph& graph, std::uint64_t seed) {
  TensorMap inputs;
  NormalGenerator normal(seed);
  for (const Value& input : graph.inputs) {
    Tensor& tensor = inputs[input.name];
    tensor.type = input.type;
    tensor.shape = input.shape;
    const auto count = static_cast<std::size_t>(elements(input.shape));
    for (std::size_t i = 0; i < count; ++i)
      if (input.type == DataType::float32)
        tensor.floats.push_back(normal.next());
      else
        tensor.integers.push_back(seeded_integer(input, normal.next()));
  }
  return inputs;
}

std::vector<TensorMap> seeded_batches(const Graph& graph, std::uint64_t seed, int count) {
  if (count < 1) user_error("{} calibration batches (allowed: at least 1)", count);
  std::vector<TensorMap> batches;
  for (int batch = 0; batch < count; ++batch)
    batches.push_back(seeded_inputs(graph, seed + static_cast<std::uint64_t>(batch)));
  return batches;
}

int affordable_batches(const Graph& graph) {
  constexpr std::int64_t kMost = 16, kMacs = std::int64_t{1} << 28;  // some 50 ms
  std::int64_t macs = 1;
  for (const Node& node : graph.nodes) macs += node_macs(graph, node);
  return static_cast<int>(std::clamp<std::int64_t>(kMacs / macs, 1, kMost));
}

std::vector<TensorMap> sample_batches(const Graph& graph, const TensorMap& samples) {
  std::vector<std::string> names;
  for (const Value& input : graph.inputs) names.push_back(input.name);
  for (const auto& sample : samples)
    if (std::find(names.begin(), names.end(), sample.first) == names.end())
      user_error("calibration: the network has no input '{}' (it takes: {})", sample.first,
                 fmt::join(names, ", "));
  std::vector<TensorMap> batches(static_cast<std::size_t>(batches_in(graph, samples)));
  for (std::size_t batch = 0; batch < batches.size(); ++batch)
    for (const Value& input : graph.inputs)
      batches[batch][input.name] =
          part(samples.at(input.name), input, static_cast<std::int64_t>(batch));
  return batches;
}

}  // namespace systolith
