#include "compiler/quantize/samples.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "compiler/quantize/calibration.h"

namespace systolith {
namespace {

TEST(SeededInputs, AreStandardNormalAndFixedByTheSeed) {
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, {100, 100}});
  const auto values = seeded_inputs(graph, 1).at("x").floats;
  double sum = 0, squares = 0;
  for (const float v : values) {
    sum += v;
    squares += double{v} * double{v};
  }
  EXPECT_NEAR(sum / 1e4, 0, 0.03);
  EXPECT_NEAR(squares / 1e4, 1, 0.05);
  EXPECT_EQ(values, seeded_inputs(graph, 1).at("x").floats);
  EXPECT_NE(values, seeded_inputs(graph, 2).at("x").floats);
}

TEST(SeededInputs, LabelsAreOfTheFirstTwoClasses) {
  Graph graph;
  graph.inputs.push_back({"labels", DataType::int64, {30}});
  const Tensor labels = seeded_inputs(graph, 1).at("labels");
  EXPECT_THAT(labels.integers, testing::Each(testing::AnyOf(0, 1)));
  EXPECT_THAT(labels.integers, testing::Contains(0));
  EXPECT_THAT(labels.integers, testing::Contains(1));
}

TEST(SeededInputs, OfCodesLieAroundTheirMiddleWithinTheType) {
  Graph graph;
  graph.inputs.push_back({"int8", DataType::int8, {2000}});
  graph.inputs.push_back({"uint8", DataType::uint8, {2000}});
  for (const auto& [name, tensor] : seeded_inputs(graph, 1)) {
    const auto [low, high] = std::minmax_element(tensor.integers.begin(), tensor.integers.end());
    EXPECT_EQ(*low, name == "int8" ? -128 : 0);
    EXPECT_EQ(*high, name == "int8" ? 127 : 255);
  }
}

TEST(SeededInputs, RefuseOtherIntegers) {
  Graph graph;
  graph.inputs.push_back({"codes", DataType::int16, {3}});
  EXPECT_THROW(seeded_inputs(graph, 1), UserError);
}

Graph two_inputs() {
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, {2, 3}});
  graph.inputs.push_back({"index", DataType::int64, {4}});
  return graph;
}

Tensor floats(Shape shape, std::vector<float> values) {
  return {DataType::float32, std::move(shape), std::move(values), {}};
}

Tensor integers(Shape shape, std::vector<std::int64_t> values) {
  return {DataType::int64, std::move(shape), {}, std::move(values)};
}

TEST(SampleBatches, FollowEachOtherAlongTheFirstExtent) {
  const TensorMap samples = {{"x", floats({4, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})},
                             {"index", integers({8}, {1, 2, 3, 4, 5, 6, 7, 8})}};
  const auto batches = sample_batches(two_inputs(), samples);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_THAT(batches[0].at("x").floats, testing::ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(batches[1].at("x").floats, testing::ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_EQ(batches[1].at("x").shape, (Shape{2, 3}));
  EXPECT_THAT(batches[1].at("index").integers, testing::ElementsAre(5, 6, 7, 8));
}

TEST(SampleBatches, TakeTheTypesOfTheInputs) {
  const auto batches = sample_batches(two_inputs(), {{"x", integers({2, 3}, {0, 255, 3, 4, 5, 6})},
                                                     {"index", floats({4}, {3, -2, 1, 0})}});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_THAT(batches[0].at("x").floats, testing::ElementsAre(0, 255, 3, 4, 5, 6));
  EXPECT_THAT(batches[0].at("index").integers, testing::ElementsAre(3, -2, 1, 0));
}

void expect_refused(const TensorMap& samples, const std::string& message) {
  try {
    sample_batches(two_inputs(), samples);
    FAIL() << "taken: " << message;
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), message);
  }
}

TEST(SampleBatches, RefuseWhatIsNotTheNetworks) {
  const Tensor x = floats({2, 3}, std::vector<float>(6)), index = integers({4}, {0, 0, 0, 0});
  expect_refused({{"x", x}}, "calibration: no array 'index'");
  expect_refused({{"x", x}, {"index", index}, {"y", x}},
                 "calibration: the network has no input 'y' (it takes: x, index)");
  const std::string wants = ", the network takes batches of [2, 3]";
  expect_refused({{"x", floats({3, 3}, std::vector<float>(9))}, {"index", index}},
                 "calibration: 'x' has shape [3, 3]" + wants);
  expect_refused({{"x", floats({0, 3}, {})}, {"index", index}},
                 "calibration: 'x' has shape [0, 3]" + wants);
  expect_refused({{"x", floats({6}, std::vector<float>(6))}, {"index", index}},
                 "calibration: 'x' has shape [6]" + wants);
  expect_refused({{"x", x}, {"index", integers({8}, std::vector<std::int64_t>(8))}},
                 "calibration: 'x' holds 1 batches, 'index' 2");
  expect_refused({{"x", x}, {"index", floats({4}, {0, 0.5F, 0, 0})}},
                 "'index' takes integers, not 0.5");
}

TEST(Calibrate, RangesAreThoseOfTheSamples) {
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, {1, 2}});
  graph.nodes.push_back({"relu", "Relu", {"x"}, {"y"}, {}});
  graph.outputs = {"y"};
  sort(graph);
  infer_shapes(graph);
  const TensorMap samples = {{"x", floats({3, 2}, {1, -4, 2, 9, 0, 5})}};
  const SightingMap seen = calibrate(graph, sample_batches(graph, samples));
  EXPECT_EQ(seen.at("x").range.low, -4);
  EXPECT_EQ(seen.at("x").range.high, 9);
  EXPECT_EQ(seen.at("y").range.low, 0);
}

}  // namespace
}  // namespace systolith
