// What the node cases of the onnx package (tests/conformance/onnx/test_node_cases.py) leave out.
#include <limits>

#include "run_op.h"

namespace systolith {
namespace {

Tensor codes(const Shape& shape, const Ints& values, DataType type = DataType::uint8) {
  return integers(shape, values, type);
}
const Tensor kOne = floats({}, {1});

TEST(QuantizeLinear, RoundsTheQuotientHalfToEvenBeforeItAddsTheZeroPoint) {
  const Tensor x = floats({6}, {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 3.5F});
  EXPECT_EQ(run({"QuantizeLinear", {x, kOne, codes({}, {3})}}).integers, (Ints{3, 5, 5, 3, 1, 7}));
}

TEST(QuantizeLinear, SaturatesWhatNoIntegerHolds) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Tensor x =
      floats({4}, {kInfinity, -kInfinity, 3e38F, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(run({"QuantizeLinear", {x, kOne, codes({}, {-7}, DataType::int8)}}).integers,
            (Ints{127, -128, 127, -7}));
}

TEST(QuantizeLinear, ALastBlockMayBeShort) {
  const Tensor x = floats({5}, {8, 8, 8, 8, 8});
  const OpCase quantize{"QuantizeLinear",
                        {x, floats({3}, {1, 2, 4})},
                        {{"axis", std::int64_t{0}}, {"block_size", std::int64_t{2}}},
                        21};
  EXPECT_EQ(run(quantize).integers, (Ints{8, 8, 4, 4, 2}));
}

TEST(DequantizeLinear, TakesTheAxisFromTheEndWhereNegative) {
  const OpCase dequantize{"DequantizeLinear",
                          {codes({2, 2}, {1, 2, 3, 4}), floats({2}, {1, 10}), codes({2}, {0, 1})},
                          {{"axis", std::int64_t{-1}}}};
  expect_tensor(run(dequantize), {2, 2}, {1, 10, 3, 30});
}

TEST(QuantizedOps, SayWhichScaleDoesNotGoWithWhat) {
  const auto refusal = [](const OpCase& c) {
    try {
      run(c);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(refusal({"QuantizeLinear", {floats({2, 3}, {1, 2, 3, 4, 5, 6}), floats({2}, {1, 1})}}),
            "node 'n' (QuantizeLinear): scale [2] doesn't go with [2, 3] along axis 1 (allowed: a "
            "scalar, or [3])");
  EXPECT_EQ(refusal({"DequantizeLinear", {codes({2}, {1, 2}), kOne, codes({2}, {0, 0})}}),
            "node 'n' (DequantizeLinear): zero point [2] and scale [] must have the same shape");
  EXPECT_EQ(refusal({"MatMulInteger",
                     {codes({2, 3}, {1, 2, 3, 4, 5, 6}), codes({3, 1}, {1, 2, 3}),
                      codes({3}, {1, 2, 3})}}),
            "node 'n' (MatMulInteger): a scale or zero point [3] doesn't go with [2, 3] (allowed: "
            "one value, or one per row)");
}

TEST(MatMulInteger, HasAZeroPointPerRowOfAAndPerColumnOfB) {
  const Tensor a = codes({2, 2}, {1, 2, 3, 4}), b = codes({2, 2}, {5, 6, 7, 8});
  // [[0, 1], [0, 1]] times [[0, 0], [2, 2]].
  EXPECT_EQ(run({"MatMulInteger", {a, b, codes({2}, {1, 3}), codes({2}, {5, 6})}}).integers,
            (Ints{2, 2, 2, 2}));
}

TEST(ConvInteger, ReadsZeroPointsInThePadding) {
  const Tensor x = codes({1, 1, 1, 2}, {10, 12}), w = codes({1, 1, 1, 3}, {1, 2, 3});
  const OpCase conv{"ConvInteger", {x, w, codes({}, {10})}, {{"pads", Ints{0, 1, 0, 1}}}};
  EXPECT_EQ(run(conv).integers, (Ints{6, 4}));
}

// (1 * 2 + 1) * (0.5 * 0.5 / 0.25), in float32, then the zero point.
TEST(QLinearConv, AddsTheBiasToTheSums) {
  const Tensor x = codes({1, 1, 1, 1}, {129}), w = codes({1, 1, 1, 1}, {2}, DataType::int8);
  const Tensor half = floats({}, {0.5F});
  const OpCase conv{"QLinearConv",
                    {x, half, codes({}, {128}), w, half, codes({}, {0}, DataType::int8),
                     floats({}, {0.25F}), codes({}, {5}), codes({1}, {1}, DataType::int32)}};
  EXPECT_EQ(run(conv).integers, (Ints{8}));
}

TEST(DynamicQuantizeLinear, GivesZeroACodeOfItsOwn) {
  const auto outputs = run_all({"DynamicQuantizeLinear", {floats({2}, {0, 0})}, {}, 13, 3});
  EXPECT_EQ(outputs[0].integers, (Ints{0, 0}));
  EXPECT_EQ(outputs[1].floats[0], 1.0F / 255);
}

}  // namespace
}  // namespace systolith
