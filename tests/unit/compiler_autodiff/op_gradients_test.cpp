// Every op's gradient rule, and with it the backward ops, against finite differences.
#include "finite_differences.h"

namespace systolith {
namespace {

const std::int64_t kOn = 1;

TEST(Gradient, OfGemmInEveryTransposition) {
  for (const std::int64_t trans_a : {0, 1})
    for (const std::int64_t trans_b : {0, 1}) {
      SCOPED_TRACE(fmt::format("transA {} transB {}", trans_a, trans_b));
      const Tensor a = spread(trans_a != 0 ? Shape{4, 3} : Shape{3, 4}, 1);
      const Tensor b = spread(trans_b != 0 ? Shape{2, 4} : Shape{4, 2}, 2);
      check_gradients(
          {{"Gemm",
            {a, b, spread({2}, 3)},
            {{"transA", trans_a}, {"transB", trans_b}, {"alpha", 0.5F}, {"beta", 2.0F}}}});
    }
}

TEST(Gradient, OfGemmWithoutABiasAndWithAColumn) {
  check_gradients({{"Gemm", {spread({3, 4}, 1), spread({4, 2}, 2)}}});
  check_gradients({{"Gemm", {spread({3, 4}, 1), spread({4, 2}, 2), spread({3, 1}, 3)}}});
}

TEST(Gradient, OfMatMulOfMatricesAndVectors) {
  check_gradients({{"MatMul", {spread({3, 4}, 1), spread({4, 2}, 2)}}});
  check_gradients({{"MatMul", {spread({4}, 1), spread({4, 2}, 2)}}});
  check_gradients({{"MatMul", {spread({3, 4}, 1), spread({4}, 2)}}});
  check_gradients({{"MatMul", {spread({4}, 1), spread({4}, 2)}}});
}

TEST(Gradient, OfMatMulSumsOverStretchedBatches) {
  check_gradients({{"MatMul", {spread({2, 3, 4}, 1), spread({4, 2}, 2)}}});
  check_gradients({{"MatMul", {spread({2, 3, 4}, 1), spread({2, 4, 2}, 2)}}});
  check_gradients({{"MatMul", {spread({2, 1, 3, 4}, 1), spread({3, 4, 2}, 2)}}});
  check_gradients({{"MatMul", {spread({4}, 1), spread({3, 4, 2}, 2)}}});
}

TEST(Gradient, OfConvWithStridesDilationsAndUnevenPads) {
  check_gradients(
      {{"Conv",
        {spread({2, 3, 7, 6}, 1), spread({4, 3, 3, 2}, 2), spread({4}, 3)},
        {{"strides", Ints{2, 1}}, {"dilations", Ints{1, 2}}, {"pads", Ints{1, 0, 2, 1}}}},
       1});
}

TEST(Gradient, OfConvReachesInputsThatNoWindowCovers) {
  // 3 x 3 windows at 0 and 3 of 7: the last row and column are in none.
  check_gradients(
      {{"Conv", {spread({1, 2, 7, 7}, 1), spread({2, 2, 3, 3}, 2)}, {{"strides", Ints{3, 3}}}}, 1});
}

TEST(Gradient, OfConvInGroupsDepthwiseAndInOneDimension) {
  check_gradients({{"Conv",
                    {spread({2, 4, 5, 5}, 1), spread({6, 2, 3, 3}, 2), spread({6}, 3)},
                    {{"group", std::int64_t{2}}, {"pads", Ints{1, 1, 1, 1}}}},
                   1});
  check_gradients(
      {{"Conv", {spread({1, 3, 4, 4}, 1), spread({3, 1, 2, 2}, 2)}, {{"group", std::int64_t{3}}}},
       1});
  check_gradients({{"Conv",
                    {spread({2, 2, 9}, 1), spread({3, 2, 3}, 2), spread({3}, 3)},
                    {{"strides", Ints{2}}, {"pads", Ints{0, 1}}}},
                   1});
}

TEST(Gradient, OfConvWithAutomaticPadding) {
  for (const char* padding : {"SAME_UPPER", "SAME_LOWER", "VALID"})
    check_gradients({{"Conv",
                      {spread({1, 2, 6, 5}, 1), spread({2, 2, 2, 3}, 2)},
                      {{"auto_pad", std::string(padding)}, {"strides", Ints{2, 2}}}},
                     1});
}

TEST(Gradient, OfBatchNormalizationInTrainingMode) {
  const Attributes training = {{"training_mode", kOn}, {"epsilon", 0.125F}};
  const Tensor mean = floats({3}, {0, 0, 0}), variance = floats({3}, {1, 1, 1});
  check_gradients(
      {{"BatchNormalization",
        {spread({2, 3, 2, 3}, 1, -2, 2), spread({3}, 2, 0.5F, 2), spread({3}, 3), mean, variance},
        training,
        14},
       0.125F,
       8,
       {3, 4}});
  check_gradients(
      {{"BatchNormalization",
        {spread({8, 3}, 1, -2, 2), spread({3}, 2, 0.5F, 2), spread({3}, 3), mean, variance},
        training,
        14},
       0.125F,
       8,
       {3, 4}});
}

TEST(Gradient, OfRelu) { check_gradients({{"Relu", {apart({3, 5}, 1)}}, 0.0625F, 1}); }

TEST(Gradient, OfMaxPoolWithOverlapPadsAndDilation) {
  check_gradients(
      {{"MaxPool",
        {apart({2, 2, 6, 5}, 1)},
        {{"kernel_shape", Ints{3, 2}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 1, 1, 0}}}},
       0.0625F,
       1});
  check_gradients({{"MaxPool",
                    {apart({1, 2, 9}, 1)},
                    {{"kernel_shape", Ints{3}},
                     {"strides", Ints{2}},
                     {"dilations", Ints{2}},
                     {"ceil_mode", kOn}}},
                   0.0625F,
                   1});
}

TEST(Gradient, OfMaxPoolGoesToTheFirstOfEquals) {
  const Tensor dx = run({"MaxPoolGrad",
                         {floats({1, 1, 1, 1}, {5}), floats({1, 1, 2, 2}, {1, 3, 3, 3})},
                         {{"kernel_shape", Ints{2, 2}}}});
  expect_tensor(dx, {1, 1, 2, 2}, {0, 5, 0, 0});
}

TEST(Gradient, OfAveragePoolWithPaddingCountedOrNotAndRoundedUp) {
  for (const std::int64_t counted : {0, 1})
    for (const std::int64_t ceil : {0, 1})
      check_gradients({{"AveragePool",
                        {spread({2, 3, 6, 5}, 1)},
                        {{"kernel_shape", Ints{3, 2}},
                         {"strides", Ints{2, 2}},
                         {"pads", Ints{1, 1, 0, 1}},
                         {"count_include_pad", counted},
                         {"ceil_mode", ceil}},
                        19}});
}

TEST(Gradient, OfClipIsNoneOutsideItsLimits) {
  const Tensor x = apart({3, 7}, 1);  // -2.375 to 2.625
  check_gradients({{"Clip", {x, floats({}, {-1.5F}), floats({}, {1.75F})}}, 0.0625F, 1, {1, 2}});
  check_gradients({{"Clip", {x, std::nullopt, floats({}, {1})}}, 0.0625F, 1, {2}});
  check_gradients({{"Clip", {x}, {{"min", -1.0F}}, 9}, 0.0625F, 1});
}

TEST(Gradient, OfConcatIsSplit) {
  check_gradients(
      {{"Concat", {spread({2, 3}, 1), spread({2, 1}, 2), spread({2, 2}, 3)}, {{"axis", kOn}}}});
}

TEST(Gradient, OfMeansAndSums) {
  check_gradients({{"GlobalAveragePool", {spread({2, 3, 3, 2}, 1)}}});
  check_gradients({{"ReduceMean", {spread({2, 3, 4}, 1)}, {{"axes", Ints{0, 2}}}}});
  check_gradients(
      {{"ReduceSum", {spread({2, 3, 4}, 1), integers({1}, {1})}, {{"keepdims", std::int64_t{0}}}}});
}

TEST(Gradient, OfElementwiseOpsSumsWhatWasStretched) {
  for (const char* op : {"Add", "Sub", "Mul"}) {
    SCOPED_TRACE(op);
    check_gradients({{op, {spread({2, 3, 4}, 1), spread({2, 3, 4}, 2)}}});
    check_gradients({{op, {spread({2, 3, 4}, 1), spread({3, 1}, 2)}}});
    check_gradients({{op, {spread({}, 1, 0.5F, 1), spread({2, 3}, 2)}}});
  }
  check_gradients({{"Sum", {spread({2, 3}, 1), spread({3}, 2), spread({2, 1}, 3)}}});
}

TEST(Gradient, OfMovementIsMovementBack) {
  check_gradients({{"Flatten", {spread({2, 3, 2}, 1)}}});
  check_gradients({{"Reshape", {spread({2, 3, 2}, 1), integers({2}, {4, -1})}}});
  check_gradients({{"Squeeze", {spread({2, 1, 3}, 1), integers({1}, {1})}}});
  check_gradients({{"Unsqueeze", {spread({2, 3}, 1), integers({1}, {0})}}});
  check_gradients({{"Transpose", {spread({2, 3, 4}, 1)}, {{"perm", Ints{2, 0, 1}}}}});
  check_gradients({{"Identity", {spread({2, 3}, 1)}}});
  check_gradients({{"Dropout", {spread({2, 3}, 1)}}});
}

TEST(Gradient, OfSoftmaxAlongAnAxisAndOverCoercedRows) {
  check_gradients({{"Softmax", {spread({3, 4}, 1)}}, 0.25F, 4});
  check_gradients({{"Softmax", {spread({2, 3, 2}, 1)}, {{"axis", kOn}}}, 0.25F, 4});
  check_gradients({{"Softmax", {spread({2, 2, 2}, 1)}, {{"axis", kOn}}, 11}, 0.25F, 4});
}

TEST(Gradient, OfSoftmaxCrossEntropyInEveryReduction) {
  for (const char* reduction : {"none", "sum", "mean"})
    for (const bool weighted : {false, true}) {
      SCOPED_TRACE(reduction);
      OpCase op{"SoftmaxCrossEntropyLoss",
                {spread({3, 4, 2}, 1), integers({3, 2}, {0, 3, 1, 1, 2, 0})},
                {{"reduction", std::string(reduction)}, {"ignore_index", std::int64_t{2}}},
                13,
                2};
      std::vector<std::size_t> constants;
      if (weighted) {
        op.inputs.emplace_back(floats({4}, {0.5F, 1, 2, 1.5F}));
        constants = {2};
      }
      check_gradients({op, 0.25F, 8, constants});
    }
}

}  // namespace
}  // namespace systolith
