// Sizes against torchvision's model pages (pytorch.org/vision/stable/models.html, "num_params" and
// "_ops" of each model's weights, in thousand million multiply-accumulates).
#include <gtest/gtest.h>

#include <numeric>

#include "models/ops/macs.h"
#include "models/zoo/random.h"
#include "models/zoo/zoo.h"

namespace systolith {
namespace {

Graph build(const std::string& workload) { return build_zoo(parse_zoo_spec(workload)); }

bool is_trained(const std::string& name) {
  return name.find(".running_") == std::string::npos && name.find("relu6.") == std::string::npos;
}

std::int64_t parameters(const Graph& graph) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : graph.constants)
    if (is_trained(name)) count += elements(tensor.shape);
  return count;
}

std::int64_t macs(const Graph& graph) {
  std::int64_t count = 0;
  for (const Node& node : graph.nodes) count += node_macs(graph, node);
  return count;
}

struct Published {
  const char* name;
  std::int64_t parameters;
  double giga_macs;  // as printed
  double digit;      // half of its last digit
};

class Sizes : public testing::TestWithParam<Published> {};

TEST_P(Sizes, EqualTorchvisions) {
  const Graph graph = build(GetParam().name);
  EXPECT_EQ(parameters(graph), GetParam().parameters);
  EXPECT_NEAR(static_cast<double>(macs(graph)) / 1e9, GetParam().giga_macs, GetParam().digit);
}

INSTANTIATE_TEST_SUITE_P(Torchvision, Sizes,
                         testing::Values(Published{"resnet18", 11689512, 1.814, 0.0005},
                                         Published{"resnet34", 21797672, 3.664, 0.0005},
                                         Published{"resnet50", 25557032, 4.089, 0.0005},
                                         Published{"vgg16", 138357544, 15.47, 0.005},
                                         Published{"mobilenet_v2", 3504872, 0.301, 0.0005},
                                         Published{"alexnet", 61100840, 0.714, 0.0005},
                                         Published{"squeezenet", 1235496, 0.349, 0.0005}),
                         [](const auto& test) { return test.param.name; });

TEST(Networks, Resnet50HasTheMacsOfVersion1Point5) {
  // Convolutions 4,087,136,256 and the last layer 2048 x 1000.
  EXPECT_EQ(macs(build("resnet50")), 4'089'184'256);
}

TEST(Networks, MacsGrowWithTheBatch) {
  EXPECT_EQ(macs(build("lenet:batch=3")), 3 * macs(build("lenet")));
}

TEST(Networks, LenetHasTheSizesOfItsLayersByHand) {
  const Graph graph = build("lenet");
  EXPECT_EQ(parameters(graph), 6 * 26 + 16 * 151 + 120 * 401 + 84 * 121 + 10 * 85);
  EXPECT_EQ(macs(graph), 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
}

TEST(Networks, TheDigitsCnnHasTheSizesOfItsLayersByHand) {
  const Graph graph = build("digits_cnn");
  EXPECT_EQ(parameters(graph), 16 * 9 + 2 * 16 + 32 * 16 * 9 + 2 * 32 + 10 * (4 * 32 + 1));
  EXPECT_EQ(macs(graph), 64 * 16 * 9 + 16 * 32 * 16 * 9 + 4 * 32 * 10);
}

TEST(Networks, AMultilayerPerceptronHasDepthHiddenLayers) {
  EXPECT_EQ(macs(build("mlp:in=20,hidden=30,depth=3,classes=5")), 20 * 30 + 2 * 30 * 30 + 30 * 5);
  EXPECT_EQ(macs(build("mlp:in=20,depth=0,classes=5")), 20 * 5);
}

TEST(Networks, AGemmIsOneProduct) {
  const Graph graph = build("gemm:m=3,k=5,n=7,batch=2");
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.inputs.at(0).shape, (Shape{6, 5}));
  EXPECT_EQ(graph.values.at("output").shape, (Shape{6, 7}));
  EXPECT_EQ(macs(graph), 6 * 5 * 7);
}

TEST(Networks, AConvKeepsTheSizeAtStrideOne) {
  EXPECT_EQ(build("conv:in=4,out=6,size=9,kernel=5").values.at("output").shape,
            (Shape{1, 6, 9, 9}));
  EXPECT_EQ(build("conv:in=4,out=6,size=9,kernel=3,stride=2,groups=2").values.at("output").shape,
            (Shape{1, 6, 5, 5}));
}

TEST(Networks, ClassifiersTakeTheirParameters) {
  for (const char* name : {"resnet18", "mobilenet_v2", "vgg16", "alexnet", "squeezenet"}) {
    const Graph graph = build(std::string(name) + ":batch=2,size=96,classes=7");
    EXPECT_EQ(graph.inputs.at(0).shape, (Shape{2, 3, 96, 96})) << name;
    EXPECT_EQ(graph.values.at("output").shape, (Shape{2, 7})) << name;
  }
}

TEST(Networks, WeightsFollowFromTheSeedAlone) {
  const auto weights = [](const std::string& workload) {
    return build(workload).constants.at("conv1.weight").floats;
  };
  EXPECT_EQ(weights("resnet18:seed=5"), weights("resnet18:seed=5,batch=2,size=64"));
  EXPECT_NE(weights("resnet18:seed=5"), weights("resnet18:seed=6"));
}

TEST(Random, IsSplitmix64) {
  // The first outputs for seed 1234567, from Vigna's reference code
  // (prng.di.unimi.it/splitmix64.c).
  Random random(1234567, "");
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, NormalsHaveTheirMeanAndDeviation) {
  Random random(1, "normals");
  double sum = 0, squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.normal(3);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.04);  // four deviations of the mean
  EXPECT_NEAR(std::sqrt(squares / kDraws), 3, 0.03);
}

Tensor noise(const Graph& graph, std::uint64_t seed) {
  Tensor tensor{DataType::float32, graph.inputs.at(0).shape, {}, {}};
  Random random(seed, "input");
  for (std::int64_t i = elements(tensor.shape); i > 0; --i)
    tensor.floats.push_back(random.normal(1));
  return tensor;
}

double deviation(const std::vector<float>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const float value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / n);
}

class Activations : public testing::TestWithParam<const char*> {};

TEST_P(Activations, KeepTheirRangeThroughTheDepth) {
  const Graph graph = build(GetParam());
  for (const auto& [name, tensor] : evaluate(graph, {{"input", noise(graph, 1)}}, {"*"})) {
    const double spread = deviation(tensor.floats);
    EXPECT_GT(spread, 0.1) << name;
    EXPECT_LT(spread, name == "output" ? 60 : 12) << name;  // one class is favoured
  }
}

TEST_P(Activations, OfOtherInputsGiveOtherOutputs) {
  const Graph graph = build(GetParam());
  const Tensor a = evaluate(graph, {{"input", noise(graph, 1)}}).at("output");
  const Tensor b = evaluate(graph, {{"input", noise(graph, 2)}}).at("output");
  std::vector<float> difference = a.floats;
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= b.floats[i];
  EXPECT_GT(deviation(difference), 0.02 * deviation(a.floats));
}

INSTANTIATE_TEST_SUITE_P(Zoo, Activations,
                         testing::Values("resnet18:size=64", "resnet50:size=64",
                                         "mobilenet_v2:size=64", "squeezenet:size=64",
                                         "alexnet:size=96", "lenet", "mlp:depth=20"));

}  // namespace
}  // namespace systolith
