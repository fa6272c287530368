#include "run_op.h"

namespace systolith {
namespace {

TEST(MaxPool, TakesTheLargestOfEachWindow) {
  const Tensor y = run({"MaxPool",
                        {counting({1, 1, 4, 4})},
                        {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}});
  expect_tensor(y, {1, 1, 2, 2}, {6, 8, 14, 16});
}

TEST(MaxPool, PaddingNeverWins) {
  const Tensor y = run({"MaxPool",
                        {floats({1, 1, 2}, {-3, -2})},
                        {{"kernel_shape", Ints{2}}, {"pads", Ints{1, 1}}}});
  expect_tensor(y, {1, 1, 3}, {-3, -2, -2});
}

TEST(MaxPool, DilationsSkipInputs) {
  const Tensor y = run({"MaxPool",
                        {floats({1, 1, 5}, {1, 9, 2, 8, 3})},
                        {{"kernel_shape", Ints{2}}, {"dilations", Ints{2}}}});
  expect_tensor(y, {1, 1, 3}, {2, 9, 3});
}

TEST(MaxPool, CeilModeKeepsThePartialWindow) {
  const Tensor y =
      run({"MaxPool",
           {counting({1, 1, 5})},
           {{"kernel_shape", Ints{2}}, {"strides", Ints{2}}, {"ceil_mode", std::int64_t{1}}}});
  expect_tensor(y, {1, 1, 3}, {2, 4, 5});
}

TEST(MaxPool, IndicesCountTheWholeTensorInRowOrColumnOrder) {
  OpCase c{"MaxPool", {counting({1, 2, 2, 3})}, {{"kernel_shape", Ints{2, 2}}}, 13, 2};
  expect_tensor(run_all(c)[1], integers({1, 2, 1, 2}, {4, 5, 10, 11}));
  c.attributes["storage_order"] = std::int64_t{1};
  expect_tensor(run_all(c)[1], integers({1, 2, 1, 2}, {3, 5, 9, 11}));
}

TEST(MaxPool, TakesIntegers) {
  const Tensor x = integers({1, 1, 3}, {3, 250, 7}, DataType::uint8);
  expect_tensor(run({"MaxPool", {x}, {{"kernel_shape", Ints{2}}}}),
                integers({1, 1, 2}, {250, 250}, DataType::uint8));
}

TEST(AveragePool, LeavesPaddingOutOfTheMeanUnlessAskedTo) {
  OpCase c{"AveragePool", {counting({1, 1, 3})}, {{"kernel_shape", Ints{2}}, {"pads", Ints{1, 1}}}};
  expect_tensor(run(c), {1, 1, 4}, {1, 1.5F, 2.5F, 3});
  c.attributes["count_include_pad"] = std::int64_t{1};
  expect_tensor(run(c), {1, 1, 4}, {0.5F, 1.5F, 2.5F, 1.5F});
}

TEST(AveragePool, WhatCeilModeReachesBeyondThePaddingNeverCounts) {
  // Windows at -1, 1, 3: {pad, 1, 2}, {2, 3, 4}, {4, pad, beyond}.
  OpCase c{"AveragePool",
           {counting({1, 1, 4})},
           {{"kernel_shape", Ints{3}},
            {"strides", Ints{2}},
            {"pads", Ints{1, 1}},
            {"ceil_mode", std::int64_t{1}},
            {"count_include_pad", std::int64_t{1}}}};
  expect_tensor(run(c), {1, 1, 3}, {1, 3, 2});
  c.attributes["count_include_pad"] = std::int64_t{0};
  expect_tensor(run(c), {1, 1, 3}, {1.5F, 3, 4});
}

TEST(AveragePool, AveragesBothDimensions) {
  const Tensor y = run({"AveragePool", {counting({1, 1, 3, 3})}, {{"kernel_shape", Ints{2, 2}}}});
  expect_tensor(y, {1, 1, 2, 2}, {3, 4, 6, 7});
}

TEST(GlobalPools, ReduceEveryChannelToOneValue) {
  const Tensor x = counting({1, 2, 2, 3});
  expect_tensor(run({"GlobalAveragePool", {x}}), {1, 2, 1, 1}, {3.5F, 9.5F});
  expect_tensor(run({"GlobalMaxPool", {x}}), {1, 2, 1, 1}, {6, 12});
}

TEST(GlobalPools, NeedSpatialDimensions) {
  EXPECT_EQ(refusal({"GlobalAveragePool", {counting({1, 2})}}),
            "node 'n' (GlobalAveragePool): input [1, 2] has no spatial dimensions or no elements");
}

}  // namespace
}  // namespace systolith
