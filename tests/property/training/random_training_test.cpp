// Random small networks with branches, residual sums, normalisations and pools: the gradients are
// the slope of the loss, and recomputing activations changes no bit.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/remat/liveness.h"
#include "compiler/training/training_graph.h"
#include "tests/property/training/random_network.h"

namespace systolith {
namespace {

using testing::random_batch;
using testing::RandomNetwork;

class RandomTraining : public ::testing::TestWithParam<unsigned> {};

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

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTraining, ::testing::Range(0U, 40U));

}  // namespace
}  // namespace systolith
