// Random small networks with branches, residual sums, normalisations and pools: the gradients are
// the slope of the loss, and recomputing activations changes no bit.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/remat/liveness.h"
#include "compiler/training/training_graph.h"
#include "tests/unit/compiler_passes/graphs.h"

namespace systolith {
namespace {

constexpr std::int64_t kChannels = 6, kClasses = 4;

class RandomNetwork {
 public:
  explicit RandomNetwork(unsigned seed) : random_(seed), b_(seed) {}

  Graph build() {
    const std::int64_t batch = pick(2, 4), channels = pick(1, 3), size = pick(6, 9);
    std::string x = b_.input("image", {batch, channels, size, size});
    x = b_.node("Relu", {block(x, channels, 1)});
    for (std::int64_t i = pick(2, 5); i-- > 0;) x = layer(x);
    if (pick(0, 1) == 0)
      x = b_.node("GlobalAveragePool", {x});
    else
      x = b_.node("ReduceMean", {x}, {{"axes", Integers{2, 3}}});
    x = b_.node("Flatten", {x});
    const std::string w = b_.constant({kChannels, kClasses});
    x = pick(0, 1) == 0 ? b_.node("Gemm", {x, w, b_.constant({kClasses})})
                        : b_.node("Add", {b_.node("MatMul", {x, w}), b_.constant({kClasses})});
    return b_.finish({b_.node("Softmax", {x})});
  }

 private:
  using Integers = std::vector<std::int64_t>;

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<unsigned>(high - low + 1));
  }

  std::string block(const std::string& x, std::int64_t from, std::int64_t groups) {
    const std::int64_t kernel = pick(0, 1) * 2 + 1;
    const std::string y =
        b_.conv(x, from, kChannels, kernel, {{"pads", Integers(4, kernel / 2)}, {"group", groups}});
    return b_.batch_norm(y, kChannels);
  }

  std::string layer(const std::string& x) {
    switch (pick(0, 4)) {
      case 0:  // residual
        return b_.node("Relu", {b_.node("Add", {block(x, kChannels, 1), x})});
      case 1: {  // two branches, and x read a third time
        const std::string left = b_.node("Relu", {block(x, kChannels, 2)});
        const std::string right = block(x, kChannels, kChannels);
        return b_.node("Sum", {left, right, x});
      }
      case 2:
        return b_.node("MaxPool", {x},
                       {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{1, 0, 0, 1}}});
      case 3:  // a gate per channel
        return b_.node("Mul", {block(x, kChannels, 1), b_.constant({kChannels, 1, 1}, 0.5F, 2)});
      default:
        return b_.node("Relu", {b_.conv(x, kChannels, kChannels, 1)});
    }
  }

  std::mt19937 random_;
  GraphBuilder b_;
};

TensorMap random_batch(const Graph& graph, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-1, 1);
  TensorMap inputs;
  for (const Value& input : graph.inputs) {
    Tensor tensor;
    tensor.type = input.type;
    tensor.shape = input.shape;
    for (std::int64_t i = elements(input.shape); i-- > 0;)
      if (input.type == DataType::float32)
        tensor.floats.push_back(values(random));
      else
        tensor.integers.push_back(static_cast<std::int64_t>(random() % kClasses));
    inputs[input.name] = tensor;
  }
  return inputs;
}

class RandomTraining : public testing::TestWithParam<unsigned> {};

// Along its own gradient g every parameter tensor must see the slope |g|^2, in the limit of short
// steps. Long ones let ReLUs and maxima switch; short ones drown in the loss's rounding, some 2^-22
// of it. So steps that change the loss by 2^-10 to 2^-16 of itself are tried, and one of them must
// agree to the 2^-6 that rounding leaves of the shortest.
TEST_P(RandomTraining, GradientsAreTheSlopeOfTheLoss) {
  TrainingGraph training = make_training_graph(RandomNetwork(GetParam()).build(), {});
  const TensorMap inputs = random_batch(training.graph, GetParam() + 1000);
  std::vector<std::string> keep;
  for (const auto& [name, value] : training.gradients) keep.push_back(value);
  const TensorMap results = evaluate(training.graph, inputs, keep);
  const double loss = results.at(training.loss).floats[0];
  std::size_t checked = 0;
  for (const auto& [name, value] : training.gradients) {
    const std::vector<float>& g = results.at(value).floats;
    double slope = 0;
    for (const float element : g) slope += double{element} * double{element};
    if (slope < 0.002) continue;  // steps as long as the loss's digits need leave the neighbourhood
    ++checked;
    const auto loss_at = [&](double along) {
      Graph moved = training.graph;
      std::vector<float>& w = moved.constants.at(name).floats;
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(w[i] + along * g[i]);
      return double{evaluate(moved, inputs).at(training.loss).floats[0]};
    };
    const auto slope_at = [&](double step) {
      return (loss_at(step) - loss_at(-step)) / (2 * step);
    };
    double closest = 1;
    for (int exponent = 10; exponent <= 16; exponent += 2) {
      const double step = std::ldexp(loss, -exponent) / slope;
      closest = std::min(closest, std::fabs(slope_at(step) / slope - 1));
    }
    EXPECT_LE(closest, std::ldexp(1, -6)) << name << ": slope " << slope;
  }
  EXPECT_GE(2 * checked, training.gradients.size());
}

TEST_P(RandomTraining, RecomputingChangesNoBit) {
  const Graph network = RandomNetwork(GetParam()).build();
  TrainingOptions options;
  TrainingGraph kept = make_training_graph(network, options);
  options.remat = "sqrt";
  TrainingGraph recomputed = make_training_graph(network, options);
  std::vector<std::string> gradients;
  for (const auto& [name, value] : kept.gradients) gradients.push_back(value);
  for (unsigned step = 0; step < 2; ++step) {
    const TensorMap inputs = random_batch(kept.graph, GetParam() + step);
    const TensorMap a = run_step(kept.graph, inputs, gradients);
    const TensorMap b = run_step(recomputed.graph, inputs, gradients);
    for (const auto& [name, value] : a) EXPECT_EQ(b.at(name).floats, value.floats) << name;
  }
  for (const StateBinding& binding : kept.graph.states)
    EXPECT_EQ(recomputed.graph.constants.at(binding.state).floats,
              kept.graph.constants.at(binding.state).floats)
        << binding.state;
  EXPECT_LE(peak_live_bytes(recomputed.graph), peak_live_bytes(kept.graph));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTraining, testing::Range(0U, 40U));

}  // namespace
}  // namespace systolith
