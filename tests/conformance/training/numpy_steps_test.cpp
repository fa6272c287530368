// Two training steps of an MLP (momentum) and of a small residual CNN with batch normalisation
// (Adam), against steps.json: the same worked out with NumPy in double by make_steps.py, which
// shares nothing with Systolith.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compiler/training/training_graph.h"

namespace systolith {
namespace {

using Json = nlohmann::json;

Json fixture() {
  std::ifstream file(SYSTOLITH_SOURCE_DIR "/tests/conformance/training/steps.json");
  return Json::parse(file);
}

Tensor tensor_of(const Json& json) {
  return {
      DataType::float32, json["shape"].get<Shape>(), json["values"].get<std::vector<float>>(), {}};
}

void expect_close(const Tensor& actual, const Json& json, const std::string& what) {
  const auto expected = json["values"].get<std::vector<double>>();
  ASSERT_EQ(actual.shape, json["shape"].get<Shape>()) << what;
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(actual.floats[i], expected[i], 1e-4 * largest) << what << "[" << i << "]";
}

class NumpySteps : public testing::Test {
 protected:
  // The network's nodes between the input "x" and the scores "y".
  void run(const Json& json, std::vector<Node> nodes) {
    Graph graph;
    graph.inputs = {{"x", DataType::float32, json["x"]["shape"].get<Shape>()}};
    for (const auto& [name, value] : json["before"].items())
      graph.constants[name] = tensor_of(value);
    graph.nodes = std::move(nodes);
    graph.outputs = {"y"};
    sort(graph);
    infer_shapes(graph);
    TrainingOptions options;
    options.optimizer = json["optimizer"];
    options.settings.learning_rate = json["rate"];
    TrainingGraph training = make_training_graph(graph, options);
    for (const Json& step : json["steps"]) expect_step(training, json, step);
  }

 private:
  static void expect_step(TrainingGraph& training, const Json& json, const Json& step) {
    const auto labels = json["labels"].get<std::vector<std::int64_t>>();
    const Tensor label_tensor = {
        DataType::int64, {static_cast<std::int64_t>(labels.size())}, {}, labels};
    std::vector<std::string> keep;
    for (const auto& [name, value] : training.gradients) keep.push_back(value);
    const TensorMap results = run_step(
        training.graph, {{"x", tensor_of(json["x"])}, {training.labels, label_tensor}}, keep);
    const double loss = step["loss"];
    EXPECT_NEAR(results.at(training.loss).floats[0], loss, 1e-4 * loss);
    ASSERT_EQ(training.gradients.size(), step["gradients"].size());
    for (const auto& [name, value] : step["gradients"].items())
      expect_close(results.at(training.gradients.at(name)), value, "gradient of " + name);
    for (const auto& [name, value] : step["after"].items())
      expect_close(training.graph.constants.at(name), value, name + " after");
  }
};

TEST_F(NumpySteps, OfAMultilayerPerceptronAgree) {
  const std::map<std::string, Attribute> transposed = {{"transB", std::int64_t{1}}};
  run(fixture()["mlp"], {{"dense1", "Gemm", {"x", "w1", "b1"}, {"h"}, transposed},
                         {"relu", "Relu", {"h"}, {"a"}, {}},
                         {"dense2", "Gemm", {"a", "w2", "b2"}, {"y"}, transposed}});
}

TEST_F(NumpySteps, OfAResidualNetworkAgree) {
  using Ints = std::vector<std::int64_t>;
  const std::map<std::string, Attribute> same = {{"pads", Ints{1, 1, 1, 1}}};
  run(fixture()["cnn"],
      {{"conv1", "Conv", {"x", "k1"}, {"c1"}, same},
       {"bn1", "BatchNormalization", {"c1", "s1", "t1", "m1", "v1"}, {"n1"}, {}},
       {"relu1", "Relu", {"n1"}, {"r1"}, {}},
       {"conv2", "Conv", {"r1", "k2"}, {"c2"}, same},
       {"bn2", "BatchNormalization", {"c2", "s2", "t2", "m2", "v2"}, {"n2"}, {}},
       {"add", "Add", {"n2", "r1"}, {"s"}, {}},
       {"relu2", "Relu", {"s"}, {"r2"}, {}},
       {"pool", "MaxPool", {"r2"}, {"p"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}},
       {"mean", "GlobalAveragePool", {"p"}, {"g"}, {}},
       {"flat", "Flatten", {"g"}, {"f"}, {}},
       {"dense", "Gemm", {"f", "w", "b"}, {"y"}, {{"transB", std::int64_t{1}}}}});
}

}  // namespace
}  // namespace systolith
