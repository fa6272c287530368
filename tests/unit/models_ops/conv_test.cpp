#include "run_op.h"

namespace systolith {
namespace {

TEST(Conv, SumsTheWindowTimesTheKernel) {
  // 1 2 3 / 4 5 6 / 7 8 9 with 1 0 / 0 -1: x[i][j] - x[i+1][j+1] = -4 everywhere.
  const Tensor y = run({"Conv", {counting({1, 1, 3, 3}), floats({1, 1, 2, 2}, {1, 0, 0, -1})}});
  expect_tensor(y, {1, 1, 2, 2}, {-4, -4, -4, -4});
}

TEST(Conv, AddsTheBiasOfTheOutputChannel) {
  const Tensor y =
      run({"Conv",
           {counting({1, 1, 1, 2}), floats({2, 1, 1, 1}, {1, 10}), floats({2}, {0.5F, -0.5F})}});
  expect_tensor(y, {1, 2, 1, 2}, {1.5F, 2.5F, 9.5F, 19.5F});
}

TEST(Conv, ReadsZeroInThePadding) {
  const Tensor ones = floats({1, 1, 3, 3}, std::vector<float>(9, 1));
  const Tensor y = run({"Conv", {counting({1, 1, 2, 2}), ones}, {{"pads", Ints{1, 1, 1, 1}}}});
  expect_tensor(y, {1, 1, 2, 2}, {10, 10, 10, 10});
}

TEST(Conv, UnevenPadsAreTopLeftBottomRight) {
  const Tensor one = floats({1, 1, 1, 1}, {1});
  const Tensor y = run({"Conv", {counting({1, 1, 1, 1}), one}, {{"pads", Ints{1, 0, 0, 2}}}});
  expect_tensor(y, {1, 1, 2, 3}, {0, 0, 0, 1, 0, 0});
}

TEST(Conv, StridesSkipOutputsAndDilationsSkipInputs) {
  const Tensor y = run({"Conv",
                        {counting({1, 1, 1, 8}), floats({1, 1, 1, 2}, {1, 100})},
                        {{"strides", Ints{1, 2}}, {"dilations", Ints{1, 3}}}});
  expect_tensor(y, {1, 1, 1, 3}, {401, 603, 805});
}

TEST(Conv, GroupsSeeOnlyTheirChannels) {
  const Tensor y = run({"Conv",
                        {counting({1, 4, 1, 1}), floats({2, 2, 1, 1}, {1, 10, 100, 1000})},
                        {{"group", std::int64_t{2}}}});
  expect_tensor(y, {1, 2, 1, 1}, {21, 4300});
}

TEST(Conv, DepthwiseMultipliesEachChannelByItsOwnKernel) {
  const Tensor y = run({"Conv",
                        {counting({2, 2, 1, 2}), floats({2, 1, 1, 1}, {1, -1})},
                        {{"group", std::int64_t{2}}}});
  expect_tensor(y, {2, 2, 1, 2}, {1, 2, -3, -4, 5, 6, -7, -8});
}

TEST(Conv, OneDimensionIsConvolvedAlongIt) {
  const Tensor y = run(
      {"Conv", {counting({1, 2, 4}), floats({1, 2, 2}, {1, 1, 0, 10})}, {{"pads", Ints{1, 0}}}});
  expect_tensor(y, {1, 1, 4}, {51, 63, 75, 87});
}

TEST(Conv, SameUpperPutsTheOddPaddingAtTheEndAndSameLowerAtTheBeginning) {
  const Tensor x = counting({1, 1, 3});
  const Tensor w = floats({1, 1, 2}, {1, 10});
  expect_tensor(run({"Conv", {x, w}, {{"auto_pad", std::string("SAME_UPPER")}}}), {1, 1, 3},
                {21, 32, 3});
  expect_tensor(run({"Conv", {x, w}, {{"auto_pad", std::string("SAME_LOWER")}}}), {1, 1, 3},
                {10, 21, 32});
  expect_tensor(run({"Conv", {x, w}, {{"auto_pad", std::string("VALID")}}}), {1, 1, 2}, {21, 32});
}

TEST(Conv, ManyChannelsAndPixelsAgreeWithTheDirectSum) {
  const std::int64_t channels = 37, outputs = 11, height = 13, width = 9;
  Tensor x = counting({1, channels, height, width});
  for (float& value : x.floats) value = static_cast<float>(static_cast<int>(value) * 7 % 11 - 5);
  Tensor w = counting({outputs, channels, 3, 3});
  for (float& value : w.floats) value = static_cast<float>(static_cast<int>(value) * 5 % 13 - 6);
  const Tensor y = run({"Conv", {x, w}, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 1}}}});
  ASSERT_EQ(y.shape, (Shape{1, outputs, 7, width}));
  const auto at = [&](std::int64_t c, std::int64_t h, std::int64_t v) {
    if (h < 0 || h >= height || v < 0 || v >= width) return 0.0F;
    return x.floats[static_cast<std::size_t>((c * height + h) * width + v)];
  };
  std::size_t out = 0;
  for (std::int64_t m = 0; m < outputs; ++m)
    for (std::int64_t oh = 0; oh < 7; ++oh)
      for (std::int64_t ow = 0; ow < width; ++ow, ++out) {
        float sum = 0;  // small integers: exact in any order
        auto weight = static_cast<std::size_t>(m * channels * 9);
        for (std::int64_t c = 0; c < channels; ++c)
          for (std::int64_t tap = 0; tap < 9; ++tap, ++weight)
            sum += w.floats[weight] * at(c, oh * 2 + tap / 3 - 1, ow + tap % 3 - 1);
        ASSERT_EQ(y.floats[out], sum) << m << ' ' << oh << ' ' << ow;
      }
}

TEST(Conv, ChannelsThatDoNotMatchTheWeightsAreNamed) {
  EXPECT_EQ(refusal({"Conv", {counting({1, 3, 8, 8}), counting({4, 2, 1, 1})}}),
            "node 'n' (Conv): input [1, 3, 8, 8] has 3 channels, but weights [4, 2, 1, 1] with "
            "group 1 take 2 in each group");
  EXPECT_EQ(
      refusal(
          {"Conv", {counting({1, 4, 8, 8}), counting({3, 2, 1, 1})}, {{"group", std::int64_t{2}}}}),
      "node 'n' (Conv): the 3 output channels of weights [3, 2, 1, 1] can't be split into 2 "
      "groups");
  EXPECT_EQ(
      refusal(
          {"Conv", {counting({1, 4, 8, 8}), counting({4, 4, 1, 1})}, {{"group", std::int64_t{0}}}}),
      "node 'n' (Conv): group 0 must be at least 1");
}

TEST(Conv, ABiasOfAnotherLengthIsNamed) {
  EXPECT_EQ(refusal({"Conv", {counting({1, 3, 8, 8}), counting({4, 3, 1, 1}), counting({3})}}),
            "node 'n' (Conv): bias [3] must be [4]");
}

TEST(Conv, AKernelShapeThatContradictsTheWeightsIsNamed) {
  EXPECT_EQ(refusal({"Conv",
                     {counting({1, 3, 8, 8}), counting({4, 3, 1, 1})},
                     {{"kernel_shape", Ints{3, 3}}}}),
            "node 'n' (Conv): kernel_shape [3, 3] doesn't match weights [4, 3, 1, 1]");
}

TEST(Conv, ThreeDimensionsAndMissingInputsAreRefused) {
  EXPECT_EQ(refusal({"Conv", {counting({1, 1, 2, 2, 2}), counting({1, 1, 1, 1, 1})}}),
            "node 'n' (Conv): input of shape [1, 1, 2, 2, 2] must have 1 or 2 spatial dimensions "
            "([N, C, W] or [N, C, H, W])");
  EXPECT_EQ(refusal({"Conv", {counting({1, 1, 2, 2})}}),
            "node 'n' (Conv): has 1 inputs, takes 2 to 3");
  EXPECT_EQ(refusal({"Conv", {counting({1, 1, 2, 2}), std::nullopt}}),
            "node 'n' (Conv): input 1 must not be left out");
  EXPECT_EQ(refusal({"Conv", {integers({1, 1, 2}, {1, 2}), counting({1, 1, 1})}}),
            "node 'n' (Conv): input 'in0' is int64, must be float32");
}

}  // namespace
}  // namespace systolith
