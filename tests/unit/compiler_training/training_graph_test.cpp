#include "compiler/training/training_graph.h"

#include "compiler/passes/lower.h"
#include "compiler/passes/passes.h"
#include "compiler/remat/liveness.h"
#include "compiler/remat/remat_policy.h"
#include "tests/unit/compiler_passes/graphs.h"
#include "tests/unit/models_ops/run_op.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

Tensor random_tensor(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-1, 1);
  Tensor tensor = floats(shape, {});
  for (std::int64_t i = elements(shape); i-- > 0;) tensor.floats.push_back(values(random));
  return tensor;
}

// conv + bn, a residual block, pool, classifier with a final Softmax; 4 images of 8 x 8, 3 classes.
Graph small_network() {
  GraphBuilder b(5);
  const std::map<std::string, Attribute> same = {{"pads", Ints{1, 1, 1, 1}}};
  std::string x = b.conv(b.input("image", {4, 2, 8, 8}), 2, 4, 3, same);
  x = b.node("Relu", {b.batch_norm(x, 4)});
  const std::string y = b.batch_norm(b.conv(x, 4, 4, 3, same), 4);
  x = b.node("Relu", {b.node("Add", {y, x})});
  x = b.node("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  x = b.node("Flatten", {b.node("GlobalAveragePool", {x})});
  x = b.node("Gemm", {x, b.constant({4, 3}), b.constant({3})});
  return b.finish({b.node("Softmax", {x})});
}

TensorMap batch(const TrainingGraph& training) {
  return {{"image", random_tensor({4, 2, 8, 8}, 9)},
          {training.labels, integers({4}, {0, 2, 1, 2})}};
}

std::size_t count_phase(const TrainingGraph& training, Phase phase) {
  std::size_t count = 0;
  for (const Node& node : training.graph.nodes)
    if (training.phases.at(node.name) == phase) ++count;
  return count;
}

TEST(TrainingGraph, TakesTheLossOfTheScoresBeforeAFinalSoftmax) {
  const TrainingGraph training = make_training_graph(small_network(), {});
  EXPECT_EQ(count_ops(training.graph, "Softmax"), 0U);
  EXPECT_EQ(count_ops(training.graph, "SoftmaxCrossEntropyLoss"), 1U);
  EXPECT_THAT(training.graph.outputs, ElementsAre(training.loss));
  EXPECT_EQ(training.graph.inputs.back().name, "labels");
  EXPECT_EQ(training.graph.inputs.back().shape, Shape{4});
}

TEST(TrainingGraph, EveryNodeHasItsPhase) {
  const TrainingGraph training = make_training_graph(small_network(), {});
  EXPECT_EQ(count_phase(training, Phase::forward), small_network().nodes.size());
  // Two convolutions' weights, two scales and shifts, matrix and bias; and the step count.
  EXPECT_EQ(training.gradients.size(), 8U);
  EXPECT_EQ(count_phase(training, Phase::update), 9U);
  EXPECT_EQ(count_phase(training, Phase::forward) + count_phase(training, Phase::backward) + 9,
            training.graph.nodes.size());
  EXPECT_EQ(to_string(Phase::backward), "backward");
}

TEST(TrainingGraph, StatesAreParametersRunningStatisticsAndTheOptimisers) {
  const TrainingGraph training = make_training_graph(small_network(), {});
  // 8 parameters with a velocity each, 2 x 2 running statistics, the step count.
  EXPECT_EQ(training.graph.states.size(), 8U * 2 + 4 + 1);
  EXPECT_EQ(training.graph.opset, 14);
}

TEST(TrainingGraph, EveryOptimizerLowersTheLossOfABatchThatItSeesAgain) {
  for (const std::string& optimizer : registered_names<Optimizer>()) {
    SCOPED_TRACE(optimizer);
    TrainingOptions options;
    options.optimizer = optimizer;
    options.settings.learning_rate = 0.02F;
    TrainingGraph training = make_training_graph(small_network(), options);
    const TensorMap inputs = batch(training);
    const float before = run_step(training.graph, inputs).at(training.loss).floats[0];
    float after = before;
    for (int i = 0; i < 20; ++i)
      after = run_step(training.graph, inputs).at(training.loss).floats[0];
    EXPECT_LT(after, 0.9F * before);
  }
}

TEST(TrainingGraph, RecomputingChangesNoBitAndNeedsLess) {
  TrainingOptions options;
  TrainingGraph kept = make_training_graph(small_network(), options);
  options.remat = "sqrt";
  TrainingGraph recomputed = make_training_graph(small_network(), options);
  EXPECT_GT(count_phase(recomputed, Phase::backward), count_phase(kept, Phase::backward));
  EXPECT_LT(peak_live_bytes(recomputed.graph), peak_live_bytes(kept.graph));
  for (int step = 0; step < 3; ++step) {
    const TensorMap a = run_step(kept.graph, batch(kept));
    EXPECT_EQ(run_step(recomputed.graph, batch(recomputed)).at("training/loss").floats,
              a.at("training/loss").floats);
  }
  for (const StateBinding& binding : kept.graph.states)
    EXPECT_EQ(recomputed.graph.constants.at(binding.state).floats,
              kept.graph.constants.at(binding.state).floats)
        << binding.state;
}

TEST(TrainingGraph, SharedRunningStatisticsAreCopied) {
  Graph graph = small_network();
  std::vector<Node*> norms;
  for (Node& node : graph.nodes)
    if (node.op == "BatchNormalization") norms.push_back(&node);
  norms[1]->inputs[3] = norms[0]->inputs[3];
  const TrainingGraph training = make_training_graph(graph, {});
  EXPECT_EQ(training.graph.constants.count(norms[1]->name + "/running_mean"), 1U);
}

TEST(TrainingGraph, OnlyTheNamedConstantsAreTrained) {
  TrainingOptions options;
  const Graph network = small_network();
  options.trainable = {network.nodes[0].inputs[1]};
  options.optimizer = "sgd";
  const TrainingGraph training = make_training_graph(network, options);
  EXPECT_EQ(training.gradients.size(), 1U);
  EXPECT_EQ(count_ops(training.graph, "ConvWeightGrad"), 1U);
  options.trainable = {network.nodes[1].inputs[3]};
  EXPECT_THAT([&] { make_training_graph(network, options); },
              ThrowsMessage<UserError>("'" + options.trainable[0] +
                                       "' is a running statistic, not a parameter"));
}

TEST(TrainingGraph, PassesLeaveStatesAlone) {
  TrainingGraph training = make_training_graph(small_network(), {});
  Graph folded = fold_constants(training.graph);
  EXPECT_EQ(folded.states.size(), training.graph.states.size());
  sort(folded);
  infer_shapes(folded);
  const TensorMap inputs = batch(training);
  EXPECT_EQ(run_step(folded, inputs).at(training.loss).floats,
            run_step(training.graph, inputs).at(training.loss).floats);
  for (const StateBinding& binding : training.graph.states)
    EXPECT_EQ(folded.constants.at(binding.state).floats,
              training.graph.constants.at(binding.state).floats);
  EXPECT_NE(to_text(folded).find("state %training/step_count becomes"), std::string::npos);
  EXPECT_THROW(lower(training.graph, {}), UserError);
}

std::string refusal_of(const Graph& graph, const TrainingOptions& options = {}) {
  try {
    make_training_graph(graph, options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TrainingGraph, RefusesWhatItCannotTrain) {
  TrainingOptions options;
  options.optimizer = "sdg";
  EXPECT_EQ(refusal_of(small_network(), options),
            "unknown optimizer 'sdg' (known: adam, momentum, sgd)");
  options = {};
  options.remat = "none";
  EXPECT_EQ(refusal_of(small_network(), options),
            "unknown remat policy 'none' (known: keep_all, sqrt)");
  options = {};
  options.reduction = "none";
  EXPECT_EQ(refusal_of(small_network(), options),
            "loss reduction 'none' is unknown (allowed: mean, sum)");
  options = {};
  options.logits = "scores";
  EXPECT_EQ(refusal_of(small_network(), options),
            "the graph has no value 'scores' to be the logits");
  Graph old = small_network();
  old.opset = 12;
  EXPECT_EQ(refusal_of(old), "training needs opset 13 or newer, graph 'test' has 12");
  Graph two = small_network();
  two.outputs.push_back(two.nodes[0].outputs[0]);
  EXPECT_EQ(refusal_of(two),
            "the graph has 2 outputs: say which value the loss is to be taken of (logits)");
  EXPECT_EQ(refusal_of(make_training_graph(small_network(), {}).graph),
            "graph 'test' has states: it is a training graph already");
}

}  // namespace
}  // namespace systolith
