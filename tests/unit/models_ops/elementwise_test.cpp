#include <cmath>
#include <limits>

#include "run_op.h"

namespace systolith {
namespace {

const Tensor kSigned = floats({4}, {-2, -0.5F, 0, 3});

TEST(Activations, FollowTheirFormulas) {
  expect_tensor(run({"Relu", {kSigned}}), {4}, {0, 0, 0, 3});
  expect_tensor(run({"LeakyRelu", {kSigned}}), {4}, {-0.02F, -0.005F, 0, 3});
  expect_tensor(run({"LeakyRelu", {kSigned}, {{"alpha", 0.5F}}}), {4}, {-1, -0.25F, 0, 3});
  expect_tensor(run({"Sigmoid", {kSigned}}), {4}, {0.1192029F, 0.3775407F, 0.5F, 0.9525741F});
  expect_tensor(run({"Tanh", {kSigned}}), {4}, {-0.9640276F, -0.4621172F, 0, 0.9950548F});
  expect_tensor(run({"HardSigmoid", {kSigned}}), {4}, {0.1F, 0.4F, 0.5F, 1});
  expect_tensor(run({"HardSigmoid", {kSigned}, {{"alpha", 1.0F}, {"beta", 0.0F}}}), {4},
                {0, 0, 0, 1});
  expect_tensor(run({"HardSwish", {kSigned}, {}, 14}), {4}, {-1.0F / 3, -0.2083333F, 0, 3});
}

TEST(Activations, KeepNotANumber) {
  const Tensor nan = floats({1}, {std::numeric_limits<float>::quiet_NaN()});
  for (const char* op : {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "Clip"})
    EXPECT_TRUE(std::isnan(run({op, {nan}}).floats[0])) << op;
}

TEST(Clip, TakesItsLimitsFromAttributesBeforeOpset11AndFromInputsSince) {
  expect_tensor(run({"Clip", {kSigned}, {{"min", -1.0F}, {"max", 1.0F}}, 9}), {4},
                {-1, -0.5F, 0, 1});
  expect_tensor(run({"Clip", {kSigned, floats({}, {-1}), floats({}, {1})}}), {4},
                {-1, -0.5F, 0, 1});
  expect_tensor(run({"Clip", {kSigned, std::nullopt, floats({}, {1})}}), {4}, {-2, -0.5F, 0, 1});
  EXPECT_EQ(refusal({"Clip", {kSigned, floats({}, {-1})}, {}, 9}),
            "node 'n' (Clip): has 2 inputs, takes 1");
}

TEST(Clip, CrossedLimitsGiveTheUpperOne) {
  expect_tensor(run({"Clip", {kSigned, floats({}, {2}), floats({}, {1})}}), {4}, {1, 1, 1, 1});
}

TEST(Clip, TakesIntegersAndScalarsOnly) {
  const auto int8 = [](const Shape& shape, const Ints& values) {
    return integers(shape, values, DataType::int8);
  };
  expect_tensor(run({"Clip", {int8({3}, {-100, 5, 100}), int8({}, {-8}), int8({}, {7})}}),
                int8({3}, {-8, 5, 7}));
  EXPECT_EQ(refusal({"Clip", {kSigned, counting({2})}}),
            "node 'n' (Clip): limit 'in1' [2] must be a scalar");
}

TEST(Arithmetic, BroadcastsLikeNumPy) {
  const Tensor rows = floats({2, 1}, {10, 20});
  const Tensor columns = floats({3}, {1, 2, 4});
  expect_tensor(run({"Add", {rows, columns}}), {2, 3}, {11, 12, 14, 21, 22, 24});
  expect_tensor(run({"Sub", {columns, rows}}), {2, 3}, {-9, -8, -6, -19, -18, -16});
  expect_tensor(run({"Mul", {rows, columns}}), {2, 3}, {10, 20, 40, 20, 40, 80});
  expect_tensor(run({"Div", {rows, columns}}), {2, 3}, {10, 5, 2.5F, 20, 10, 5});
}

TEST(Arithmetic, BroadcastsChannelsInTheMiddle) {
  const Tensor y = run({"Add", {counting({2, 2, 1, 2}), floats({2, 1, 1}, {100, 200})}});
  expect_tensor(y, {2, 2, 1, 2}, {101, 102, 203, 204, 105, 106, 207, 208});
}

TEST(Arithmetic, BroadcastsScalarsAndEmptyTensors) {
  expect_tensor(run({"Mul", {floats({}, {3}), counting({2})}}), {2}, {3, 6});
  expect_tensor(run({"Add", {floats({0, 2}, {}), counting({2})}}), {0, 2}, {});
}

TEST(Arithmetic, ShapesThatDoNotAgreeAreNamed) {
  EXPECT_EQ(refusal({"Add", {counting({2, 3}), counting({4})}}),
            "node 'n' (Add): shapes [2, 3] and [4] can't be broadcast together");
  EXPECT_EQ(refusal({"Add", {counting({2}), integers({2}, {1, 2})}}),
            "node 'n' (Add): input 'in1' is int64, must be float32");
}

TEST(Arithmetic, IntegersWrapInTheirType) {
  const auto uint8 = [](const Ints& values) { return integers({2}, values, DataType::uint8); };
  expect_tensor(run({"Sub", {uint8({1, 9}), uint8({2, 4})}}), uint8({255, 5}));
  const Tensor most = integers({1}, {std::numeric_limits<std::int64_t>::max()});
  expect_tensor(run({"Add", {most, integers({1}, {1})}}),
                integers({1}, {std::numeric_limits<std::int64_t>::min()}));
}

TEST(Div, OfIntegersTruncatesTowardsZero) {
  expect_tensor(run({"Div", {integers({3}, {7, -7, 7}), integers({3}, {2, 2, -1})}}),
                integers({3}, {3, -3, -7}));
}

TEST(Div, OfAnIntegerByZeroIsRefused) {
  EXPECT_EQ(refusal({"Div", {integers({1}, {7}), integers({1}, {0})}}),
            "node 'n' (Div): integer division by zero");
}

TEST(VariadicOps, CombineAnyNumberOfTensors) {
  const std::vector<std::optional<Tensor>> three = {floats({2}, {1, 5}), floats({2}, {4, 2}),
                                                    floats({1}, {3})};
  expect_tensor(run({"Sum", three}), {2}, {8, 10});
  expect_tensor(run({"Max", three}), {2}, {4, 5});
  expect_tensor(run({"Min", three}), {2}, {1, 2});
  expect_tensor(run({"Sum", {kSigned}}), {4}, kSigned.floats);
  EXPECT_EQ(refusal({"Sum", {}}), "node 'n' (Sum): has 0 inputs, takes at least 1");
}

TEST(VariadicOps, ExtremesPassNotANumberOn) {
  const Tensor nan = floats({1}, {std::numeric_limits<float>::quiet_NaN()});
  EXPECT_TRUE(std::isnan(run({"Max", {nan, counting({1})}}).floats[0]));
  EXPECT_TRUE(std::isnan(run({"Min", {counting({1}), nan}}).floats[0]));
}

TEST(Cast, TruncatesWrapsAndTests) {
  const Tensor x = floats({4}, {-1.9F, 0, 2.7F, 300});
  const auto to = [](std::int64_t type) { return Attributes{{"to", type}}; };
  expect_tensor(run({"Cast", {x}, to(7)}), integers({4}, {-1, 0, 2, 300}));
  expect_tensor(run({"Cast", {x}, to(2)}), integers({4}, {255, 0, 2, 44}, DataType::uint8));
  expect_tensor(run({"Cast", {x}, to(9)}), integers({4}, {1, 0, 1, 1}, DataType::boolean));
  expect_tensor(run({"Cast", {integers({2}, {-3, 200})}, to(1)}), {2}, {-3, 200});
  expect_tensor(run({"Cast", {integers({2}, {-3, 200})}, to(3)}),
                integers({2}, {-3, -56}, DataType::int8));
  EXPECT_EQ(refusal({"Cast", {x}, to(10)}),
            "node 'n' (Cast): attribute 'to' is 10 (allowed: 1 float32, 2 uint8, 3 int8, 6 int32, "
            "7 int64, 9 boolean)");
}

}  // namespace
}  // namespace systolith
