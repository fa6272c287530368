#include "compiler/quantize/quantize.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "compiler/quantize/samples.h"
#include "hw/arith/rounding.h"

namespace systolith {
namespace {

using testing::ElementsAre;

TEST(QuantizationOf, MapsTheRangeToAllCodesAndZeroExactly) {
  const Quantization q = quantization_of({-1, 3}, Format::int8);
  EXPECT_FLOAT_EQ(q.scale, 4.0F / 255);
  EXPECT_EQ(q.zero_point, -64);
  EXPECT_EQ(quantization_of({0, 5}, Format::int8).zero_point, -128);
  EXPECT_EQ(quantization_of({-5, 0}, Format::int8).zero_point, 127);
}

TEST(QuantizationOf, AnEmptyRangeIsHarmless) {
  EXPECT_EQ(quantization_of({0, 0}, Format::int8).scale, 1);
  EXPECT_EQ(quantization_of({0, 0}, Format::int8).zero_point, 0);
}

TEST(QuantizationOf, Int4HasFifteenSteps) {
  const Quantization q = quantization_of({-1, 2}, Format::int4);
  EXPECT_FLOAT_EQ(q.scale, 3.0F / 15);
  EXPECT_EQ(q.zero_point, -3);
  EXPECT_EQ(quantization_of({0, 5}, Format::int4).zero_point, -8);
  EXPECT_EQ(quantization_of({-5, 0}, Format::int4).zero_point, 7);
}

Sighting sighting_of(const std::vector<float>& values) {
  Sighting sighting;
  for (const float value : values) sighting.range.include(value);
  sighting.histogram.add(values);
  return sighting;
}

double squared_error(const std::vector<float>& values, const Quantization& q, Format format) {
  double sum = 0;
  for (const float value : values) {
    const std::int32_t code = to_integer(value / q.scale, q.zero_point, format);
    const double miss = double{value} - double{q.scale} * (code - q.zero_point);
    sum += miss * miss;
  }
  return sum;
}

// The optimum of a Gaussian with 16 levels clips at 2.7 sigma or so (Banner et al., "Post training
// 4-bit quantization of convolutional networks for rapid-deployment", NeurIPS 2019, 4 bits: 2.55 of
// symmetric codes); the largest of 20,000 is beyond 3.8.
TEST(ClippedQuantization, ClipsTheTailsOfAGaussian) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(20'000);
  for (float& value : values) value = normal(random);
  const Sighting sighting = sighting_of(values);
  const Quantization q = clipped_quantization(sighting, Format::int4);
  EXPECT_NEAR(q.scale * 15 / 2, 2.6, 0.2);
  EXPECT_LT(
      squared_error(values, q, Format::int4),
      0.6 * squared_error(values, quantization_of(sighting.range, Format::int4), Format::int4));
}

TEST(ClippedQuantization, KeepsARangeThatIsEvenlyUsed) {
  std::vector<float> values;
  for (int i = 0; i <= 300; ++i) values.push_back(static_cast<float>(i) / 100);
  const Quantization q = clipped_quantization(sighting_of(values), Format::int4);
  EXPECT_NEAR(q.scale, 3.0 / 15, 0.01);
  EXPECT_EQ(q.zero_point, -8);
}

TEST(ClippedQuantization, OfNothingIsHarmless) {
  EXPECT_EQ(clipped_quantization({}, Format::int4).scale, 1);
  EXPECT_EQ(clipped_quantization(sighting_of({0, 0}), Format::int4).zero_point, 0);
}

TEST(Histogram, SumsUpAndKeepsMagnitudesApart) {
  Histogram a, b;
  a.add({1.0F, 1.0F, -3.0F});
  b.add({1.0F, 1e-20F, 0.0F});
  a.add(b);
  double count = 0;
  for (const Histogram::Bin& bin : a.bins()) {
    count += static_cast<double>(bin.count);
    if (bin.count == 3) {
      EXPECT_NEAR(bin.value, 1, 1.0 / 60);
    }
  }
  EXPECT_EQ(a.bins().size(), 4U);
  EXPECT_EQ(count, 6);
}

Tensor tensor(const Shape& shape, const std::vector<float>& values) {
  Tensor t;
  t.shape = shape;
  t.floats = values;
  return t;
}

std::vector<int> codes(const ConvConstants& constants) {
  std::vector<int> result;
  for (const std::uint8_t code : constants.weights)
    result.push_back(static_cast<std::int8_t>(code));
  return result;
}

// Two groups of one output channel with two inputs: stored [group][tap][c][k].
TEST(QuantizeConv, ScalesEachOutputChannelByItself) {
  const Tensor weights = tensor({2, 2, 1, 1}, {1, -0.5F, 100, 25});
  const ConvConstants c = quantize_conv("conv", weights, nullptr, 2, {0.5F, 0}, Format::int8);
  EXPECT_THAT(codes(c), ElementsAre(127, -64, 127, 32));
  EXPECT_THAT(c.weight_scale, ElementsAre(testing::DoubleNear(1 / 127.0, 1e-9),
                                          testing::DoubleNear(100 / 127.0, 1e-7)));
}

TEST(QuantizeConv, StoresKernelPositionsBeforeChannelsAndOutputsInnermost) {
  const Tensor weights =
      tensor({2, 2, 1, 2}, {127, 1, 2, 3, -127, 4, 5, 6});  // [k][c][kw], scale 1
  const ConvConstants c = quantize_conv("conv", weights, nullptr, 1, {1, 0}, Format::int8);
  EXPECT_THAT(codes(c), ElementsAre(127, -127, 2, 5, 1, 4, 3, 6));
}

TEST(QuantizeConv, TheBiasCarriesTheZeroPointsCorrection) {
  const Tensor weights = tensor({1, 2, 1, 1}, {127, -27}), bias = tensor({1}, {30});
  const ConvConstants c = quantize_conv("conv", weights, &bias, 1, {0.5F, 7}, Format::int8);
  EXPECT_THAT(c.bias_int, ElementsAre(60 - 7 * 100));
}

TEST(Quantization, Int16IsSymmetric) {
  const Quantization q = quantization_of({-1.0F, 2.0F}, Format::int16);
  EXPECT_FLOAT_EQ(q.scale, 2.0F / 32767);
  EXPECT_EQ(q.zero_point, 0);
}

// A2Q (Colbert et al., ICCV 2023): whatever the activations, the sum stays in int32.
TEST(QuantizeConv, NoSumWithInt16ActivationsLeavesInt32) {
  for (const std::int64_t inputs : {1, 3, 64, 4096})
    for (const float bias_value : {0.0F, 1e6F}) {
      std::vector<float> values(static_cast<std::size_t>(inputs), 0.7F);
      values[0] = -1;
      const Tensor bias = tensor({1}, {bias_value});
      const ConvConstants c = quantize_conv("conv", tensor({1, inputs, 1, 1}, values), &bias, 1,
                                            {0.01F, 0}, Format::int16, {}, Format::int16);
      double largest = std::fabs(c.bias_int[0]);
      for (std::size_t i = 0; i < c.weights.size(); i += 2)
        largest +=
            32768.0 * std::abs(static_cast<std::int16_t>(c.weights[i] | c.weights[i + 1] << 8));
      EXPECT_LT(largest, 2147483648.0) << inputs;
      EXPECT_GT(largest, 2147483648.0 / 8) << inputs;  // nor is there room to waste
    }
}

// Of 15 codes a lone outlier would take most: the step of least squared error clips it.
TEST(QuantizeConv, Int4ClipsAnOutlierWhereThatMissesLess) {
  std::vector<float> values(40, 0.35F);
  values[0] = 1;
  const ConvConstants c =
      quantize_conv("conv", tensor({1, 40, 1, 1}, values), nullptr, 1, {1, 0}, Format::int4);
  const auto error = [&](double scale) {
    double sum = 0;
    for (const float value : values) {
      const double code = std::clamp(std::nearbyint(value / scale), -7.0, 7.0);
      sum += (value - scale * code) * (value - scale * code);
    }
    return sum;
  };
  EXPECT_LT(error(c.weight_scale[0]), error(1.0 / 7));
  EXPECT_EQ(codes(c)[0], 7);
  for (const int code : codes(c)) EXPECT_LE(std::abs(code), 7);
}

// The mean of the outputs stays, though all weights are rounded the same way.
TEST(QuantizeConv, TheBiasMakesUpForRoundedWeights) {
  const Tensor weights = tensor({2, 2, 1, 1}, {7, 2.4F, 7, 1.4F}), bias = tensor({2}, {1, 2});
  const ConvConstants plain = quantize_conv("conv", weights, &bias, 2, {0.125F, 0}, Format::int4);
  EXPECT_THAT(codes(plain), ElementsAre(7, 2, 7, 1));
  const ConvConstants corrected =
      quantize_conv("conv", weights, &bias, 2, {0.125F, 0}, Format::int4, {100, 10, 200, 20});
  EXPECT_EQ(codes(corrected), codes(plain));
  for (std::size_t k = 0; k < 2; ++k) {
    const double met = k == 0 ? 10 : 20;
    EXPECT_EQ(corrected.weight_scale[k], plain.weight_scale[k]);
    EXPECT_NEAR((corrected.bias_int[k] - plain.bias_int[k]) * 0.125 * plain.weight_scale[k],
                0.4 * met, 0.07);
  }
}

TEST(QuantizeConv, TinyWeightsUnderALargeBiasKeepTheBias) {
  const Tensor weights = tensor({1, 1, 1, 1}, {1e-12F}), bias = tensor({1}, {3});
  const ConvConstants c = quantize_conv("conv", weights, &bias, 1, {0.5F, 0}, Format::int8);
  EXPECT_NEAR(c.bias_int[0] * c.weight_scale[0] * 0.5, 3, 1e-6);
}

TEST(QuantizeConv, ABiasBeyondInt32NamesTheLayer) {
  constexpr std::int64_t kLength = 1 << 18;
  const Tensor weights =
      tensor({1, kLength, 1, 1}, std::vector<float>(static_cast<std::size_t>(kLength), 1));
  try {
    quantize_conv("fc", weights, nullptr, 1, {1, -128}, Format::int8);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "layer 'fc': the bias of output channel 0 is 4261412864 in units of its"
                 " accumulator, beyond int32");
  }
}

Graph rectifier(const Shape& shape) {
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, shape});
  graph.nodes.push_back({"relu", "Relu", {"x"}, {"y"}, {}});
  graph.outputs = {"y"};
  sort(graph);
  infer_shapes(graph);
  return graph;
}

TEST(Calibrate, RangesHoldZeroAndEveryBatch) {
  const Graph graph = rectifier({1, 50});
  const SightingMap one = calibrate(graph, seeded_batches(graph, 5, 1));
  const SightingMap two = calibrate(graph, seeded_batches(graph, 5, 2));
  EXPECT_EQ(one.at("y").range.low, 0);
  EXPECT_EQ(one.at("y").range.high, one.at("x").range.high);
  EXPECT_LE(two.at("x").range.low, one.at("x").range.low);
  EXPECT_GE(two.at("x").range.high, one.at("x").range.high);
  EXPECT_TRUE(two.at("x").histogram.bins().empty());
}

TEST(Calibrate, CountsAndMeansWhereAskedFor) {
  const Graph graph = rectifier({2, 2, 1, 1});
  const TensorMap samples = {{"x", tensor({4, 2, 1, 1}, {1, 2, -3, 4, 5, -6, 7, 9})}};
  const SightingMap seen = calibrate(graph, sample_batches(graph, samples), Detail::all);
  EXPECT_EQ(seen.at("x").range.low, -6);
  EXPECT_EQ(seen.at("x").mean(0), 10.0 / 4);
  EXPECT_EQ(seen.at("y").mean(0), 13.0 / 4);
  EXPECT_EQ(seen.at("y").mean(1), 15.0 / 4);
  std::int64_t zeros = 0;
  for (const Histogram::Bin& bin : seen.at("y").histogram.bins())
    if (bin.value < 1e-30) zeros += bin.count;
  EXPECT_EQ(zeros, 2);
}

TEST(AffordableBatches, AreManyOfASmallNetworkOnly) {
  EXPECT_EQ(affordable_batches(rectifier({1, 50})), 16);
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, {1 << 10, 1 << 10}});
  graph.constants["w"] = tensor({1 << 10, 1 << 10}, std::vector<float>(1 << 20));
  graph.nodes.push_back({"product", "MatMul", {"x", "w"}, {"y"}, {}});
  graph.outputs = {"y"};
  sort(graph);
  infer_shapes(graph);
  EXPECT_EQ(affordable_batches(graph), 1);
}

}  // namespace
}  // namespace systolith
