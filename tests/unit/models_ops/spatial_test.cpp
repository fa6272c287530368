#include "models/ops/spatial.h"

#include "run_op.h"

namespace systolith {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

Node pool(Attributes attributes) { return {"pool_1", "MaxPool", {"x"}, {"y"}, attributes}; }

SpatialGeometry pooled(std::int64_t input, std::int64_t kernel, std::int64_t stride,
                       std::int64_t begin, std::int64_t end, bool ceil_mode) {
  return pool_geometry(pool({{"kernel_shape", Ints{kernel}},
                             {"strides", Ints{stride}},
                             {"pads", Ints{begin, end}},
                             {"ceil_mode", std::int64_t{ceil_mode}}}),
                       {1, 1, input});
}

TEST(SpatialGeometry, RoundsDownUnlessCeilModeIsOn) {
  EXPECT_EQ(pooled(7, 2, 2, 0, 0, false).out[1], 3);
  EXPECT_EQ(pooled(7, 2, 2, 0, 0, true).out[1], 4);
  EXPECT_EQ(pooled(8, 2, 2, 0, 0, true).out[1], 4);
}

TEST(SpatialGeometry, AWindowThatWouldStartInTheTrailingPaddingIsLeftOut) {
  // Windows would start at -1, 1, 3 of [0, 3): the last one is beyond the input.
  EXPECT_EQ(pooled(3, 2, 2, 1, 1, true).out[1], 2);
  // ONNX's test_maxpool_2d_ceil_output_size_reduce_by_one.
  EXPECT_EQ(pooled(2, 1, 2, 0, 0, true).out[1], 1);
}

TEST(SpatialGeometry, OneDimensionIsTwoWithAHeightOfOne) {
  const SpatialGeometry g = pooled(9, 3, 2, 1, 2, false);
  EXPECT_EQ(g.rank, 1);
  EXPECT_THAT(g.input, ElementsAre(1, 9));
  EXPECT_THAT(g.kernel, ElementsAre(1, 3));
  EXPECT_THAT(g.strides, ElementsAre(1, 2));
  EXPECT_THAT(g.pads, ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(g.out, ElementsAre(1, 5));
  EXPECT_EQ(g.output_shape(2, 7), (Shape{2, 7, 5}));
}

TEST(SpatialGeometry, SamePaddingDependsOnStrideAndDilation) {
  const auto geometry = [](const std::string& auto_pad) {
    return pool_geometry(pool({{"kernel_shape", Ints{3, 2}},
                               {"strides", Ints{2, 3}},
                               {"dilations", Ints{2, 1}},
                               {"auto_pad", auto_pad}}),
                         {1, 1, 8, 10});
  };
  // Height: 4 outputs, (4-1)*2 + 5 - 8 = 3 rows of padding. Width: 4 outputs, 3*3 + 2 - 10 = 1.
  EXPECT_THAT(geometry("SAME_UPPER").out, ElementsAre(4, 4));
  EXPECT_THAT(geometry("SAME_UPPER").pads, ElementsAre(1, 0, 2, 1));
  EXPECT_THAT(geometry("SAME_LOWER").pads, ElementsAre(2, 1, 1, 0));
  EXPECT_THAT(geometry("VALID").pads, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(geometry("VALID").out, ElementsAre(2, 3));
}

TEST(SpatialGeometry, SamePaddingIsNeverNegative) {
  const SpatialGeometry g = pool_geometry(pool({{"kernel_shape", Ints{1}},
                                                {"strides", Ints{3}},
                                                {"auto_pad", std::string("SAME_UPPER")}}),
                                          {1, 1, 8});
  EXPECT_EQ(g.out[1], 3);
  EXPECT_THAT(g.pads, ElementsAre(0, 0, 0, 0));
}

TEST(SpatialGeometry, AutoPadIgnoresPads) {
  const SpatialGeometry g = pool_geometry(
      pool({{"kernel_shape", Ints{2}}, {"pads", Ints{1, 1}}, {"auto_pad", std::string("VALID")}}),
      {1, 1, 4});
  EXPECT_EQ(g.out[1], 3);
}

TEST(SpatialGeometry, KernelsOfConvolutionsComeFromTheWeights) {
  const Node conv{"conv_1", "Conv", {"x", "w"}, {"y"}, {{"strides", Ints{2, 2}}}};
  const SpatialGeometry g = conv_geometry(conv, {1, 3, 7, 5}, {8, 3, 3, 1});
  EXPECT_THAT(g.kernel, ElementsAre(3, 1));
  EXPECT_THAT(g.out, ElementsAre(3, 3));
}

TEST(Taps, AreThoseThatReadTheInput) {
  const SpatialGeometry g = pooled(4, 3, 2, 1, 2, true);  // windows at -1, 1, 3
  const Taps first = taps_at(g, 1, 0);
  EXPECT_EQ(first.first, -1);
  EXPECT_EQ(first.begin, 1);
  EXPECT_EQ(first.end, 3);
  EXPECT_EQ(first.padded_end, 3);
  const Taps last = taps_at(g, 1, 2);
  EXPECT_EQ(last.begin, 0);
  EXPECT_EQ(last.end, 1);
  EXPECT_EQ(last.padded_end, 3);
}

TEST(Taps, StepByTheDilation) {
  const SpatialGeometry g = pool_geometry(
      pool({{"kernel_shape", Ints{3}}, {"dilations", Ints{2}}, {"pads", Ints{3, 3}}}), {1, 1, 2});
  const Taps taps = taps_at(g, 1, 1);  // -2, 0, 2
  EXPECT_EQ(taps.begin, 1);
  EXPECT_EQ(taps.end, 2);
}

TEST(SpatialGeometry, WrongAttributesAreNamedWithWhatIsAllowed) {
  const auto refused = [](Attributes attributes, const std::string& message) {
    EXPECT_THAT(
        [&] {
          pool_geometry(pool(attributes), {1, 1, 4, 4});
        },
        ThrowsMessage<UserError>("node 'pool_1' (MaxPool): " + message));
  };
  const Ints k{2, 2};
  refused({}, "attribute 'kernel_shape' is missing");
  refused({{"kernel_shape", Ints{2}}}, "attribute 'kernel_shape' has 1 values, needs 2");
  refused({{"kernel_shape", k}, {"strides", Ints{0, 1}}},
          "attribute 'strides' holds 0 (allowed: 1 to 2147483648)");
  refused({{"kernel_shape", k}, {"pads", Ints{0, -1, 0, 0}}},
          "attribute 'pads' holds -1 (allowed: 0 to 2147483648)");
  refused({{"kernel_shape", k}, {"pads", Ints{1, 1}}}, "attribute 'pads' has 2 values, needs 4");
  refused({{"kernel_shape", k}, {"auto_pad", std::string("SAME")}},
          "auto_pad 'SAME' is unknown (allowed: NOTSET, SAME_UPPER, SAME_LOWER, VALID)");
  refused({{"kernel_shape", Ints{5, 5}}},
          "kernel [5, 5] with dilations [1, 1] is larger than the input of [4, 4] with pads "
          "[0, 0, 0, 0]");
}

}  // namespace
}  // namespace systolith
