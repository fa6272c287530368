#include "compiler/quantize/quantize.h"

#include <gmock/gmock.h>

#include <cmath>

#include "compiler/quantize/samples.h"

namespace systolith {
namespace {

using testing::ElementsAre;

TEST(QuantizationOf, MapsTheRangeToAllCodesAndZeroExactly) {
  const Quantization q = quantization_of({-1, 3});
  EXPECT_FLOAT_EQ(q.scale, 4.0F / 255);
  EXPECT_EQ(q.zero_point, -64);
  EXPECT_EQ(quantization_of({0, 5}).zero_point, -128);
  EXPECT_EQ(quantization_of({-5, 0}).zero_point, 127);
}

TEST(QuantizationOf, AnEmptyRangeIsHarmless) {
  EXPECT_EQ(quantization_of({0, 0}).scale, 1);
  EXPECT_EQ(quantization_of({0, 0}).zero_point, 0);
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

TEST(Calibrate, RangesHoldZeroAndEveryBatch) {
  Graph graph;
  graph.inputs.push_back({"x", DataType::float32, {1, 50}});
  graph.nodes.push_back({"relu", "Relu", {"x"}, {"y"}, {}});
  graph.outputs = {"y"};
  sort(graph);
  infer_shapes(graph);
  const RangeMap one = calibrate(graph, seeded_batches(graph, 5, 1));
  const RangeMap two = calibrate(graph, seeded_batches(graph, 5, 2));
  EXPECT_EQ(one.at("y").low, 0);
  EXPECT_EQ(one.at("y").high, one.at("x").high);
  EXPECT_LE(two.at("x").low, one.at("x").low);
  EXPECT_GE(two.at("x").high, one.at("x").high);
}

}  // namespace
}  // namespace systolith
