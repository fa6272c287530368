// Every zoo model becomes a training step, and recomputing lowers what a deep one needs.
#include <gmock/gmock.h>

#include "compiler/remat/liveness.h"
#include "compiler/training/training_graph.h"
#include "models/zoo/zoo.h"

namespace systolith {
namespace {

// A batch of 8, so that activations outweigh the parameters' gradients.
TrainingGraph step_of(const Graph& network, const std::string& remat) {
  TrainingOptions options;
  options.remat = remat;
  options.optimizer = "sgd";  // without states as large as the parameters
  return make_training_graph(network, options);
}

class ZooTraining : public testing::TestWithParam<std::string> {
 protected:
  const Graph network_ = build_zoo({GetParam(), {{"batch", "8"}}});
};

TEST_P(ZooTraining, HasAGradientForEveryConstantAndABackwardForEveryOp) {
  const TrainingGraph training = step_of(network_, "keep_all");
  for (const auto& [parameter, gradient] : training.gradients)
    EXPECT_EQ(training.graph.values.at(gradient).shape, training.graph.values.at(parameter).shape)
        << parameter;
  std::map<std::string, int> ops;
  for (const Node& node : training.graph.nodes) ++ops[node.op];
  EXPECT_EQ(ops["ConvWeightGrad"], ops["Conv"]);
  EXPECT_EQ(ops["BatchNormalizationGrad"], ops["BatchNormalization"]);
  EXPECT_EQ(ops["MaxPoolGrad"], ops["MaxPool"]);
  EXPECT_GE(ops["Sub"], static_cast<int>(training.gradients.size()));
}

TEST_P(ZooTraining, RecomputingNeedsLessMemoryWhereThereAreManyLayers) {
  const std::size_t nodes = step_of(network_, "keep_all").graph.nodes.size();
  const Bytes before = peak_live_bytes(step_of(network_, "keep_all").graph);
  const Bytes after = peak_live_bytes(step_of(network_, "sqrt").graph);
  RecordProperty("keep_all", std::to_string(before.count()));
  RecordProperty("sqrt", std::to_string(after.count()));
  EXPECT_LE(after, before);
  const bool is_deep = nodes > 300;
  if (is_deep) {
    EXPECT_LT(after.count(), before.count() * 3 / 4);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ZooTraining, testing::ValuesIn(registered_names<ZooModel>()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace systolith
