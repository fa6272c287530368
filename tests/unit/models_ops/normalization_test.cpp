#include "run_op.h"

namespace systolith {
namespace {

TEST(BatchNormalization, NormalisesEachChannel) {
  const Tensor y = run({"BatchNormalization",
                        {counting({1, 2, 2}), floats({2}, {2, 1}), floats({2}, {10, 0}),
                         floats({2}, {1, 3}), floats({2}, {3.75F, 0})},
                        {{"epsilon", 0.25F}}});
  // (x - 1) * 2 / 2 + 10 and (x - 3) / 0.5
  expect_tensor(y, {1, 2, 2}, {10, 11, 0, 2});
}

TEST(BatchNormalization, InTrainingModeTakesTheBatchsMomentsAndMovesTheRunningOnes) {
  // Channel 0 holds 1, 2, 5, 6 (mean 3.5, variance 4.25), channel 1 holds 3, 4, 7, 8.
  const std::vector<Tensor> y =
      run_all({"BatchNormalization",
               {counting({2, 2, 2}), floats({2}, {2, 1}), floats({2}, {10, 0}), floats({2}, {1, 0}),
                floats({2}, {1, 0})},
               {{"epsilon", 2.0F}, {"momentum", 0.75F}, {"training_mode", std::int64_t{1}}},
               14,
               3});
  // (x - 3.5) / 2.5 * 2 + 10 and (x - 5.5) / 2.5
  expect_tensor(y[0], {2, 2, 2}, {8, 8.8F, -1, -0.6F, 11.2F, 12, 0.6F, 1});
  expect_tensor(y[1], {2}, {0.75F + 0.875F, 1.375F});
  expect_tensor(y[2], {2}, {0.75F + 1.0625F, 1.0625F});
}

TEST(BatchNormalization, RefusesEarlyTrainingAndWrongParameters) {
  OpCase c{"BatchNormalization",
           {counting({1, 2, 2}), counting({2}), counting({2}), counting({2}), counting({3})}};
  EXPECT_EQ(refusal(c),
            "node 'n' (BatchNormalization): input 'in4' [3] must be [2], the channels of "
            "[1, 2, 2]");
  c.attributes["training_mode"] = std::int64_t{1};
  EXPECT_EQ(refusal(c),
            "node 'n' (BatchNormalization): training_mode 1 needs opset 14, the graph has 13");
  OpCase outputs{"BatchNormalization",
                 {counting({1, 2}), counting({2}), counting({2}), counting({2}), counting({2})},
                 {},
                 9,
                 3};
  EXPECT_EQ(refusal(outputs),
            "node 'n' (BatchNormalization): output 1 ('out1') is not supported (computed here: "
            "1)");
}

TEST(Lrn, DividesByThePowerOfTheNeighboursSquares) {
  // size 3, alpha 3: alpha / size = 1; sums of squares 1+4, 1+4+9, 4+9; beta 1, bias 1.
  const Tensor y = run({"LRN",
                        {counting({1, 3, 1, 1})},
                        {{"size", std::int64_t{3}}, {"alpha", 3.0F}, {"beta", 1.0F}}});
  expect_tensor(y, {1, 3, 1, 1}, {1.0F / 6, 2.0F / 15, 3.0F / 14});
}

TEST(Lrn, AnEvenWindowReachesFurtherUp) {
  // size 2: channels c and c + 1.
  const Tensor y = run({"LRN",
                        {counting({1, 3, 1, 1})},
                        {{"size", std::int64_t{2}}, {"alpha", 2.0F}, {"beta", 1.0F}}});
  expect_tensor(y, {1, 3, 1, 1}, {1.0F / 6, 2.0F / 14, 3.0F / 10});
}

TEST(Lrn, NeedsASize) {
  EXPECT_EQ(refusal({"LRN", {counting({1, 3, 1, 1})}}),
            "node 'n' (LRN): attribute 'size' must be at least 1");
}

// exp(0) : exp(ln 3) = 1 : 3
const float kLn3 = 1.0986123F;

TEST(Softmax, GivesEachItsShareAlongTheLastAxis) {
  const Tensor x = floats({2, 2}, {0, kLn3, 1000 + kLn3, 1000});
  EXPECT_THAT(run({"Softmax", {x}}).floats,
              ::testing::Pointwise(::testing::FloatNear(1e-4F),
                                   std::vector<float>{0.25F, 0.75F, 0.75F, 0.25F}));
}

TEST(Softmax, BeforeOpset13TheDimensionsFromTheAxisOnAreOne) {
  const Tensor x = floats({1, 2, 2}, {0, 0, 0, 0});
  expect_tensor(run({"Softmax", {x}, {}, 11}), {1, 2, 2}, {0.25F, 0.25F, 0.25F, 0.25F});
  expect_tensor(run({"Softmax", {x}, {}, 13}), {1, 2, 2}, {0.5F, 0.5F, 0.5F, 0.5F});
  expect_tensor(run({"Softmax", {floats({4}, {0, 0, 0, 0})}, {{"axis", std::int64_t{0}}}, 11}), {4},
                {0.25F, 0.25F, 0.25F, 0.25F});
}

TEST(Softmax, SinceOpset13AnInnerAxisStandsForItself) {
  const Tensor x = floats({1, 2, 2}, {0, kLn3, kLn3, 0});
  expect_tensor(run({"Softmax", {x}, {{"axis", std::int64_t{1}}}}), {1, 2, 2},
                {0.25F, 0.75F, 0.75F, 0.25F});
  EXPECT_EQ(refusal({"Softmax", {x}, {{"axis", std::int64_t{3}}}}),
            "node 'n' (Softmax): axis 3 is out of range for rank 3 (allowed: -3 to 2)");
}

TEST(LogSoftmax, IsTheLogarithmAndStaysFinite) {
  expect_tensor(run({"LogSoftmax", {floats({1, 2}, {0, kLn3})}}), {1, 2},
                {-1.3862944F, -0.2876821F});
  expect_tensor(run({"LogSoftmax", {floats({1, 2}, {0, 1000})}}), {1, 2}, {-1000, 0});
}

TEST(Dropout, IsTheIdentityWithAMaskOfOnes) {
  const Tensor x = counting({3});
  expect_tensor(run({"Dropout", {x}, {{"ratio", 0.5F}}, 9}), x);
  const auto both = run_all({"Dropout", {x, floats({}, {0.5F})}, {}, 13, 2});
  expect_tensor(both[0], x);
  expect_tensor(both[1], integers({3}, {1, 1, 1}, DataType::boolean));
  expect_tensor(run_all({"Dropout", {x}, {}, 9, 2})[1], {3}, {1, 1, 1});
}

TEST(Dropout, RefusesTraining) {
  EXPECT_EQ(refusal({"Dropout",
                     {counting({3}), floats({}, {0.5F}), integers({}, {1}, DataType::boolean)}}),
            "node 'n' (Dropout): training_mode is not supported");
}

TEST(ReduceMean, AveragesOverTheAxes) {
  const Tensor x = counting({2, 3});
  expect_tensor(run({"ReduceMean", {x}, {{"axes", Ints{1}}}}), {2, 1}, {2, 5});
  expect_tensor(run({"ReduceMean", {x}, {{"axes", Ints{-2}}, {"keepdims", std::int64_t{0}}}}), {3},
                {2.5F, 3.5F, 4.5F});
  expect_tensor(run({"ReduceMean", {x}}), {1, 1}, {3.5F});
  expect_tensor(run({"ReduceMean", {x, integers({1}, {0})}, {}, 18}), {1, 3}, {2.5F, 3.5F, 4.5F});
}

TEST(ReduceMean, WithoutAxesDoesNothingOnlyWhereAskedTo) {
  const Tensor x = counting({2});
  const Attributes noop = {{"noop_with_empty_axes", std::int64_t{1}}};
  expect_tensor(run({"ReduceMean", {x, integers({0}, {})}, noop, 18}), {2}, {1, 2});
  expect_tensor(run({"ReduceMean", {x, integers({0}, {})}, {}, 18}), {1}, {1.5F});
}

}  // namespace
}  // namespace systolith
