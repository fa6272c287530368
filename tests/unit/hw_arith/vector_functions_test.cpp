#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Elementary, ExpAgreesWithTheHostsLibraryToTwoUlp) {
  for (double x = -700; x < 700; x += 0.37) {
    const double expected = std::exp(x);
    EXPECT_NEAR(exp_fixed(x) / expected, 1.0, 5e-16) << x;
  }
  EXPECT_EQ(exp_fixed(0), 1.0);
  EXPECT_EQ(exp_fixed(-1e9), 0.0);
  EXPECT_EQ(exp_fixed(1e9), std::numeric_limits<double>::infinity());
}

TEST(Elementary, LogAgreesWithTheHostsLibrary) {
  for (double x = 1e-30; x < 1e30; x *= 1.7)
    EXPECT_NEAR(log_fixed(x), std::log(x), 4e-16 * std::max(1.0, std::fabs(std::log(x)))) << x;
  EXPECT_EQ(log_fixed(1), 0.0);
}

TEST(Activation, ClampKeepsNaNAndTheLimits) {
  EXPECT_EQ(apply(Activation::clamp, -3, 0, 6), 0);
  EXPECT_EQ(apply(Activation::clamp, 7, 0, 6), 6);
  EXPECT_EQ(apply(Activation::clamp, 5, 0, kInfinity), 5);
  EXPECT_TRUE(std::isnan(apply(Activation::clamp, std::nanf(""), 0, 6)));
}

TEST(Activation, CurvesAgreeWithTheirDefinitions) {
  for (float x = -9; x < 9; x += 0.25F) {
    EXPECT_NEAR(apply(Activation::sigmoid, x, 0, 0), 1 / (1 + std::exp(-x)), 1e-7);
    EXPECT_NEAR(apply(Activation::tanh, x, 0, 0), std::tanh(x), 1e-7);
    EXPECT_EQ(apply(Activation::leaky_relu, x, 0.5F, 0), x < 0 ? x / 2 : x);
    EXPECT_EQ(apply(Activation::hard_sigmoid, x, 0.25F, 0.5F),
              std::min(std::max(0.25F * x + 0.5F, 0.0F), 1.0F));
    EXPECT_NEAR(apply(Activation::hard_swish, x, 0, 0),
                x * std::min(std::max(x / 6 + 0.5F, 0.0F), 1.0F), 1e-6);
  }
}

TEST(Activation, TanhIsOddAndSaturates) {
  EXPECT_EQ(apply(Activation::tanh, -kInfinity, 0, 0), -1);
  EXPECT_EQ(apply(Activation::tanh, kInfinity, 0, 0), 1);
  EXPECT_EQ(apply(Activation::tanh, -0.3F, 0, 0), -apply(Activation::tanh, 0.3F, 0, 0));
}

TEST(RowFunctions, SoftmaxOfEqualValuesIsUniform) {
  std::vector<float> row = {5, 5, 5, 5};
  softmax_row(row.data(), row.data(), row.size());
  EXPECT_THAT(row, testing::Each(0.25F));
}

TEST(RowFunctions, SoftmaxSurvivesLargeInputs) {
  std::vector<float> row = {1000, 0};
  softmax_row(row.data(), row.data(), row.size());
  EXPECT_THAT(row, testing::ElementsAre(1.0F, 0.0F));
}

// By hand: size 3, alpha 3, beta 1, bias 1 on (1, 2, 3): bases 1+5, 1+14, 1+13.
TEST(RowFunctions, LrnSumsSquaresOverTheNeighbouringChannels) {
  const std::vector<float> in = {1, 2, 3};
  std::vector<float> out(3);
  lrn_row(in.data(), out.data(), in.size(), {3, 3, 1, 1});
  EXPECT_THAT(out, testing::ElementsAre(testing::FloatEq(1.0F / 6), testing::FloatEq(2.0F / 15),
                                        testing::FloatEq(3.0F / 14)));
}

// ONNX: an even size reaches one further up than down.
TEST(RowFunctions, LrnOfEvenSizeReachesFurtherUp) {
  const std::vector<float> in = {1, 2, 3};
  std::vector<float> out(3);
  lrn_row(in.data(), out.data(), in.size(), {2, 2, 1, 0});
  EXPECT_THAT(out, testing::ElementsAre(testing::FloatEq(1.0F / 5), testing::FloatEq(2.0F / 13),
                                        testing::FloatEq(3.0F / 9)));
}

TEST(LogSoftmaxRow, IsTheLogarithmOfSoftmax) {
  const std::vector<float> in = {1, -2, 0.5F, 30};
  std::vector<float> log(4), plain(4);
  log_softmax_row(in.data(), log.data(), 4);
  softmax_row(in.data(), plain.data(), 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(std::exp(log[i]), plain[i], 1e-6F);
}

TEST(LogSoftmaxRow, ARowThatDivergedIsNotANumber) {
  std::vector<float> out(2);
  log_softmax_row(std::vector<float>{kInfinity, kInfinity}.data(), out.data(), 2);
  EXPECT_TRUE(std::isnan(out[0]));
  EXPECT_TRUE(std::isnan(out[1]));
}

TEST(Curves, OfTraining) {
  EXPECT_EQ(apply(Activation::square, -3, 0, 0), 9);
  EXPECT_FLOAT_EQ(apply(Activation::exp, 1, 0, 0), 2.7182818F);
  EXPECT_EQ(apply(Activation::sqrt, 2.25F, 0, 0), 1.5F);
  EXPECT_EQ(apply(Activation::rsqrt, 3, 1, 0), 0.5F);
  EXPECT_EQ(apply(Activation::reciprocal, 3, 1, 0), 0.25F);
  EXPECT_EQ(gate_value(5, 1e-30F), 5);
  EXPECT_EQ(gate_value(5, 0), 0);
}

}  // namespace
}  // namespace systolith
