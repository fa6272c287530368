// Results that are divided by a scale, as ONNX's QuantizeLinear is defined.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "hw/isa/vector_timing.h"
#include "hw/vector/vector_access.h"
#include "hw/vector/vector_math.h"

namespace systolith {
namespace {

constexpr int kCodes = 256;
constexpr float kScale = 0.05F, kDivisor = 0.06F;

VectorOp requantisation() {
  VectorOp op;
  op.shape = {1, 1, 1, kCodes};
  op.a = {Space::scratchpad, 0, Format::int8, {0, 0, 0, 1}};
  op.destination = {Space::scratchpad, kCodes, Format::int8, {0, 0, 0, 1}};
  op.scale_a = kScale;
  op.divisor = kDivisor;
  return op;
}

TEST(Divisor, RoundsAsTheDivisionDoesWhereTheReciprocalWouldNot) {
  std::vector<std::uint8_t> memory(2 * kCodes);
  for (int i = 0; i < kCodes; ++i)
    memory[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
  run_vector(requantisation(), {memory.data(), nullptr, 0});
  int apart = 0;
  for (int i = 0; i < kCodes; ++i) {
    const float real = kScale * static_cast<float>(static_cast<std::int8_t>(i));
    const float code = std::nearbyint(real / kDivisor);
    EXPECT_EQ(static_cast<std::int8_t>(memory[static_cast<std::size_t>(kCodes + i)]), code);
    apart += code != std::nearbyint(real * (1 / kDivisor)) ? 1 : 0;
  }
  EXPECT_GT(apart, 0);
}

TEST(Divisor, TakesTwoMoreTripsThroughTheLanes) {
  VectorOp op = requantisation();
  EXPECT_EQ(vector_occupancy(op, 32), Cycles(8 * 3));
  op.divisor = 1;
  EXPECT_EQ(vector_occupancy(op, 32), Cycles(8));
}

}  // namespace
}  // namespace systolith
