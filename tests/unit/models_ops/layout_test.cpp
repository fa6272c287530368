#include <limits>

#include "run_op.h"

namespace systolith {
namespace {

TEST(Reshape, KeepsZerosAndWorksOutMinusOne) {
  const Tensor x = counting({2, 3, 4});
  EXPECT_EQ(run({"Reshape", {x, integers({2}, {0, -1})}}).shape, (Shape{2, 12}));
  EXPECT_EQ(run({"Reshape", {x, integers({3}, {4, 0, 2})}}).shape, (Shape{4, 3, 2}));
  EXPECT_EQ(run({"Reshape", {x, integers({1}, {-1})}}).floats, x.floats);
  EXPECT_EQ(run({"Reshape", {counting({1}), integers({0}, {})}}).shape, Shape{});
}

TEST(Reshape, AllowzeroTakesZeroLiterally) {
  const Attributes literally = {{"allowzero", std::int64_t{1}}};
  EXPECT_EQ(run({"Reshape", {floats({0, 3}, {}), integers({2}, {3, 0})}, literally, 14}).shape,
            (Shape{3, 0}));
  EXPECT_EQ(refusal({"Reshape", {counting({2, 3}), integers({2}, {6, 0})}, literally, 14}),
            "node 'n' (Reshape): input [2, 3] can't be reshaped to [6, 0]");
}

TEST(Reshape, WhatDoesNotFitIsNamed) {
  const auto message = [](const Ints& shape) {
    return refusal(
        {"Reshape",
         {counting({2, 3}), integers({static_cast<std::int64_t>(shape.size())}, shape)}});
  };
  for (const Ints& shape : {Ints{4, 2}, Ints{-1, 4}, Ints{-1, -1}, Ints{-2, 3}, Ints{3, 2, 0}})
    EXPECT_EQ(message(shape),
              "node 'n' (Reshape): input [2, 3] can't be reshaped to " + to_string(shape));
}

TEST(Flatten, MakesAMatrixAroundTheAxis) {
  const Tensor x = counting({2, 3, 4});
  const auto shape = [&](std::int64_t axis) {
    return run({"Flatten", {x}, {{"axis", axis}}}).shape;
  };
  EXPECT_EQ(run({"Flatten", {x}}).shape, (Shape{2, 12}));
  EXPECT_EQ(shape(0), (Shape{1, 24}));
  EXPECT_EQ(shape(3), (Shape{24, 1}));
  EXPECT_EQ(shape(-1), (Shape{6, 4}));
}

TEST(Transpose, ReversesOrPermutes) {
  const Tensor x = counting({2, 3});
  expect_tensor(run({"Transpose", {x}}), {3, 2}, {1, 4, 2, 5, 3, 6});
  const Tensor y = run({"Transpose", {counting({1, 2, 3})}, {{"perm", Ints{2, 0, 1}}}});
  expect_tensor(y, {3, 1, 2}, {1, 4, 2, 5, 3, 6});
  EXPECT_EQ(refusal({"Transpose", {x}, {{"perm", Ints{0, 0}}}}),
            "node 'n' (Transpose): perm [0, 0] is not a permutation of 2 dimensions");
}

TEST(Concat, JoinsAlongTheAxis) {
  const std::vector<std::optional<Tensor>> two = {counting({2, 1}), floats({2, 2}, {7, 8, 9, 0})};
  expect_tensor(run({"Concat", two, {{"axis", std::int64_t{1}}}}), {2, 3}, {1, 7, 8, 2, 9, 0});
  expect_tensor(run({"Concat", two, {{"axis", std::int64_t{-1}}}}), {2, 3}, {1, 7, 8, 2, 9, 0});
  EXPECT_EQ(refusal({"Concat", two, {{"axis", std::int64_t{0}}}}),
            "node 'n' (Concat): inputs [2, 1] and [2, 2] must agree in every dimension but axis "
            "0");
  EXPECT_EQ(refusal({"Concat", two}), "node 'n' (Concat): attribute 'axis' is missing");
}

TEST(Pad, AddsAConstantOnEitherSide) {
  const Tensor x = counting({1, 2});
  expect_tensor(run({"Pad", {x}, {{"pads", Ints{1, 0, 0, 2}}, {"value", 9.0F}}, 9}), {2, 4},
                {9, 9, 9, 9, 1, 2, 9, 9});
  expect_tensor(run({"Pad", {x, integers({4}, {1, 0, 0, 2}), floats({}, {9})}}), {2, 4},
                {9, 9, 9, 9, 1, 2, 9, 9});
  expect_tensor(run({"Pad", {x, integers({4}, {0, 1, 0, 0})}}), {1, 3}, {0, 1, 2});
}

TEST(Pad, SinceOpset18AxesMayBeChosen) {
  const Tensor y =
      run({"Pad",
           {counting({1, 2}), integers({2}, {1, 0}), std::nullopt, integers({1}, {-1})},
           {},
           18});
  expect_tensor(y, {1, 3}, {0, 1, 2});
}

TEST(Pad, NegativePadsCutOff) {
  expect_tensor(run({"Pad", {counting({4}), integers({2}, {-1, 1})}}), {4}, {2, 3, 4, 0});
  EXPECT_EQ(refusal({"Pad", {counting({4}), integers({2}, {-3, -2})}}),
            "node 'n' (Pad): pads cut more than there is off [4]");
}

TEST(Pad, ReflectsRepeatsTheEdgeOrWraps) {
  const auto padded = [](const std::string& mode) {
    return run({"Pad", {counting({3}), integers({2}, {2, 3})}, {{"mode", mode}}, 19}).floats;
  };
  EXPECT_EQ(padded("reflect"), (std::vector<float>{3, 2, 1, 2, 3, 2, 1, 2}));
  EXPECT_EQ(padded("edge"), (std::vector<float>{1, 1, 1, 2, 3, 3, 3, 3}));
  EXPECT_EQ(padded("wrap"), (std::vector<float>{2, 3, 1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(refusal({"Pad", {counting({3}), integers({2}, {2, 3})}, {{"mode", std::string("o")}}}),
            "node 'n' (Pad): mode 'o' is unknown (allowed: constant, reflect, edge, wrap)");
}

TEST(Slice, TakesRangesFromAttributesBeforeOpset10AndFromInputsSince) {
  const Tensor x = counting({2, 4});
  expect_tensor(
      run({"Slice", {x}, {{"starts", Ints{1}}, {"ends", Ints{-1}}, {"axes", Ints{1}}}, 9}), {2, 2},
      {2, 3, 6, 7});
  expect_tensor(run({"Slice", {x, integers({1}, {1}), integers({1}, {-1}), integers({1}, {1})}}),
                {2, 2}, {2, 3, 6, 7});
}

TEST(Slice, StepsForwardsAndBackwardsAndClampsItsEnds) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  const auto sliced = [](std::int64_t start, std::int64_t end, std::int64_t step) {
    return run({"Slice",
                {counting({5}), integers({1}, {start}), integers({1}, {end}), integers({1}, {0}),
                 integers({1}, {step})}})
        .floats;
  };
  EXPECT_EQ(sliced(0, 100, 2), (std::vector<float>{1, 3, 5}));
  EXPECT_EQ(sliced(-2, 5, 1), (std::vector<float>{4, 5}));
  EXPECT_EQ(sliced(-1, kLeast, -2), (std::vector<float>{5, 3, 1}));
  EXPECT_EQ(sliced(3, 3, 1), std::vector<float>{});
  EXPECT_EQ(sliced(0, 5, std::numeric_limits<std::int64_t>::max()), std::vector<float>{1});
  EXPECT_EQ(sliced(4, kLeast, kLeast), std::vector<float>{5});
}

TEST(Slice, AStepOfZeroIsRefused) {
  const Tensor one = integers({1}, {1}), zero = integers({1}, {0});
  EXPECT_EQ(refusal({"Slice", {counting({5}), zero, one, zero, zero}}),
            "node 'n' (Slice): step of axis 0 is 0");
}

TEST(Split, CutsEqualOrGivenPieces) {
  const Tensor x = counting({2, 3});
  const auto equal = run_all({"Split", {x}, {{"axis", std::int64_t{1}}}, 13, 3});
  expect_tensor(equal[2], {2, 1}, {3, 6});
  const auto given =
      run_all({"Split", {x, integers({2}, {2, 1})}, {{"axis", std::int64_t{1}}}, 13, 2});
  expect_tensor(given[0], {2, 2}, {1, 2, 4, 5});
  expect_tensor(given[1], {2, 1}, {3, 6});
  const auto before = run_all({"Split", {counting({3})}, {{"split", Ints{1, 2}}}, 11, 2});
  expect_tensor(before[1], {2}, {2, 3});
}

TEST(Split, SinceOpset18TheLastPieceMayBeSmaller) {
  const OpCase c{"Split", {counting({5})}, {{"num_outputs", std::int64_t{2}}}, 18, 2};
  expect_tensor(run_all(c)[0], {3}, {1, 2, 3});
  expect_tensor(run_all(c)[1], {2}, {4, 5});
  EXPECT_EQ(refusal({"Split", {counting({5})}, {}, 13, 2}),
            "node 'n' (Split): an extent of 5 can't be split into 2 equal pieces");
  EXPECT_EQ(refusal({"Split", {counting({5}), integers({2}, {2, 2})}, {}, 13, 2}),
            "node 'n' (Split): split [2, 2] must be 2 sizes that sum to 5");
}

TEST(Gather, PicksSlicesCountingFromEitherEnd) {
  const Tensor x = counting({3, 2});
  expect_tensor(run({"Gather", {x, integers({2}, {-1, 0})}}), {2, 2}, {5, 6, 1, 2});
  expect_tensor(run({"Gather", {x, integers({}, {1})}, {{"axis", std::int64_t{1}}}}), {3},
                {2, 4, 6});
  expect_tensor(run({"Gather", {counting({2}), integers({1, 2}, {1, 1})}}), {1, 2}, {2, 2});
}

TEST(Gather, AnIndexOutOfRangeIsNamed) {
  const OpCase c{"Gather", {integers({2}, {5, 6}), integers({1}, {2})}};
  EXPECT_EQ(refusal(c), "node 'n' (Gather): index 2 is out of range for axis 0 of [2]");
}

TEST(Squeeze, RemovesDimensionsOfOne) {
  const Tensor x = counting({1, 3, 1});
  EXPECT_EQ(run({"Squeeze", {x}}).shape, Shape{3});
  EXPECT_EQ(run({"Squeeze", {x}, {{"axes", Ints{0}}}, 11}).shape, (Shape{3, 1}));
  EXPECT_EQ(run({"Squeeze", {x, integers({1}, {-1})}}).shape, (Shape{1, 3}));
  EXPECT_EQ(refusal({"Squeeze", {x, integers({1}, {1})}}),
            "node 'n' (Squeeze): axis 1 of [1, 3, 1] is not of extent 1");
}

TEST(Unsqueeze, PutsDimensionsOfOneIn) {
  EXPECT_EQ(run({"Unsqueeze", {counting({3})}, {{"axes", Ints{0, 2}}}, 11}).shape,
            (Shape{1, 3, 1}));
  EXPECT_EQ(run({"Unsqueeze", {counting({3, 4}), integers({2}, {-1, 1})}}).shape,
            (Shape{3, 1, 4, 1}));
  EXPECT_EQ(refusal({"Unsqueeze", {counting({3}), integers({2}, {0, 0})}}),
            "node 'n' (Unsqueeze): axes [0, 0] name an axis twice");
}

TEST(Identity, IsItsInput) {
  expect_tensor(run({"Identity", {counting({2, 2})}}), counting({2, 2}));
}

TEST(ShapeOp, GivesTheExtentsOrARangeOfThem) {
  const Tensor x = counting({2, 3, 4});
  expect_tensor(run({"Shape", {x}}), integers({3}, {2, 3, 4}));
  expect_tensor(run({"Shape", {x}, {{"start", std::int64_t{-2}}}, 15}), integers({2}, {3, 4}));
  expect_tensor(run({"Shape", {x}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}, 15}),
                integers({1}, {3}));
}

TEST(Constant, HoldsAnyOfItsKindsOfValue) {
  expect_tensor(run({"Constant", {}, {{"value", counting({2})}}}), counting({2}));
  expect_tensor(run({"Constant", {}, {{"value_float", 2.5F}}}), {}, {2.5F});
  expect_tensor(run({"Constant", {}, {{"value_floats", std::vector<float>{1, 2}}}}), {2}, {1, 2});
  expect_tensor(run({"Constant", {}, {{"value_int", std::int64_t{7}}}}), integers({}, {7}));
  expect_tensor(run({"Constant", {}, {{"value_ints", Ints{7, 8}}}}), integers({2}, {7, 8}));
  EXPECT_EQ(refusal({"Constant", {}, {{"value_string", std::string("a")}}}),
            "node 'n' (Constant): holds no value in a supported attribute (value, value_float, "
            "value_floats, value_int, value_ints)");
}

TEST(ConstantOfShape, IsFilledWithZeroOrTheGivenValue) {
  expect_tensor(run({"ConstantOfShape", {integers({2}, {1, 2})}}), {1, 2}, {0, 0});
  expect_tensor(run({"ConstantOfShape", {integers({1}, {2})}, {{"value", integers({1}, {7})}}}),
                integers({2}, {7, 7}));
  EXPECT_EQ(refusal({"ConstantOfShape", {integers({1}, {-2})}}),
            "node 'n' (ConstantOfShape): shape [-2] has a negative extent");
}

}  // namespace
}  // namespace systolith
