#include "compiler/optimizer/optimizer.h"

#include <cmath>

#include "tests/unit/models_ops/run_op.h"

namespace systolith {
namespace {

using ::testing::ThrowsMessage;

// A parameter w = 2 whose gradient is the graph's input g.
Graph one_parameter() {
  Graph graph;
  graph.inputs = {{"g", DataType::float32, {1}}};
  graph.constants["w"] = floats({1}, {2});
  sort(graph);
  infer_shapes(graph);
  return graph;
}

// w after each of the gradients.
std::vector<float> path(const std::string& optimizer, const OptimizerSettings& settings,
                        const std::vector<float>& gradients) {
  Graph graph = one_parameter();
  append_updates(graph, optimizer, settings, {{"w", "g"}});
  sort(graph);
  infer_shapes(graph);
  std::vector<float> result;
  for (const float g : gradients) {
    run_step(graph, {{"g", floats({1}, {g})}});
    result.push_back(graph.constants.at("w").floats[0]);
  }
  return result;
}

TEST(Sgd, StepsAgainstTheGradient) {
  OptimizerSettings settings;
  settings.learning_rate = 0.5F;
  EXPECT_THAT(path("sgd", settings, {1, -2}), ::testing::ElementsAre(1.5F, 2.5F));
  settings.weight_decay = 0.25F;  // the gradient is 1 + 0.25 * 2
  EXPECT_THAT(path("sgd", settings, {1}), ::testing::ElementsAre(1.25F));
}

TEST(MomentumOptimizer, KeepsAShareOfTheVelocity) {
  OptimizerSettings settings;
  settings.learning_rate = 0.5F;
  settings.momentum = 0.5F;
  // v = 1, then 0.5 + 1, then 0.75 + 0.
  EXPECT_THAT(path("momentum", settings, {1, 1, 0}), ::testing::ElementsAre(1.5F, 0.75F, 0.375F));
  settings.nesterov = true;  // steps of g + v / 2
  EXPECT_THAT(path("momentum", settings, {1, 1}), ::testing::ElementsAre(1.25F, 0.375F));
}

TEST(AdamOptimizer, TheFirstStepsLengthIsTheLearningRate) {
  // Bias-corrected, the mean is g and the root of the mean square |g|, whatever g is (Kingma and Ba
  // 2015, section 2.1); with equal gradients every further step is as long.
  OptimizerSettings settings;
  settings.learning_rate = 0.125F;
  for (const float g : {3.0F, -0.01F}) {
    const std::vector<float> w = path("adam", settings, {g, g});
    // 1 - 0.999 in fp32 has lost half its digits: 3e-5 of the step.
    EXPECT_NEAR(w[0], 2 - std::copysign(0.125F, g), 1e-5);
    EXPECT_NEAR(w[1], 2 - std::copysign(0.25F, g), 1e-5);
  }
}

TEST(Optimizer, StateCarriesTheParametersName) {
  Graph graph = one_parameter();
  EXPECT_EQ(append_updates(graph, "adam", {}, {{"w", "g"}}), "training/learning_rate");
  std::vector<std::string> states;
  for (const StateBinding& binding : graph.states) states.push_back(binding.state);
  EXPECT_THAT(states, ::testing::ElementsAre("training/step_count", "w", "w/first_moment",
                                             "w/second_moment"));
}

TEST(Optimizer, UnknownNamesAndSettingsOutOfRangeAreRefused) {
  Graph graph = one_parameter();
  EXPECT_THAT([&] { append_updates(graph, "adamw", {}, {}); },
              ThrowsMessage<UserError>("unknown optimizer 'adamw' (known: adam, momentum, sgd); "
                                       "did you mean 'adam'?"));
  OptimizerSettings settings;
  settings.momentum = 1.5F;
  EXPECT_THAT([&] { append_updates(graph, "sgd", settings, {}); },
              ThrowsMessage<UserError>("optimizer setting momentum is 1.5 (allowed: 0 to 1)"));
  settings = {};
  settings.learning_rate = -1;
  EXPECT_THAT([&] { append_updates(graph, "sgd", settings, {}); },
              ThrowsMessage<UserError>("optimizer setting learning_rate is -1 (allowed: 0 or "
                                       "more)"));
  EXPECT_THAT(
      [&] {
        append_updates(graph, "sgd", {}, {{"g", "w"}});
      },
      ThrowsMessage<UserError>("parameter 'g' is not a constant of the graph: nothing to update"));
}

}  // namespace
}  // namespace systolith
