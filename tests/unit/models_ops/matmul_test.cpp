#include "run_op.h"

namespace systolith {
namespace {

const Tensor kA = counting({2, 3});  // 1 2 3 / 4 5 6
const Tensor kB = floats({3, 2}, {1, 0, 0, 1, 1, 1});
const std::vector<float> kProduct = {4, 5, 10, 11};

TEST(Gemm, MultipliesMatrices) { expect_tensor(run({"Gemm", {kA, kB}}), {2, 2}, kProduct); }

TEST(Gemm, TransposesOnRequest) {
  const Tensor a = floats({3, 2}, {1, 4, 2, 5, 3, 6});
  const Tensor b = floats({2, 3}, {1, 0, 1, 0, 1, 1});
  const std::int64_t yes = 1;
  expect_tensor(run({"Gemm", {a, kB}, {{"transA", yes}}}), {2, 2}, kProduct);
  expect_tensor(run({"Gemm", {kA, b}, {{"transB", yes}}}), {2, 2}, kProduct);
  expect_tensor(run({"Gemm", {a, b}, {{"transA", yes}, {"transB", yes}}}), {2, 2}, kProduct);
}

TEST(Gemm, TransposedWeightsGiveTheSameBitsAsStraightOnes) {
  // Few rows take the transposed way through the matrix product, many the straight one.
  for (const std::int64_t m : {1, 3, 16, 40}) {
    Tensor a = counting({m, 300}), straight = counting({300, 21}), transposed = counting({21, 300});
    for (float& value : a.floats) value = 1.0F / (value + 1);
    for (std::int64_t i = 0; i < 300; ++i)
      for (std::int64_t j = 0; j < 21; ++j) {
        const float value = 0.1F * static_cast<float>(i * 7 % 13) - static_cast<float>(j) / 3;
        straight.floats[static_cast<std::size_t>(i * 21 + j)] = value;
        transposed.floats[static_cast<std::size_t>(j * 300 + i)] = value;
      }
    EXPECT_EQ(run({"Gemm", {a, straight}}).floats,
              run({"Gemm", {a, transposed}, {{"transB", std::int64_t{1}}}}).floats);
  }
}

TEST(Gemm, ScalesTheProductAndAddsAScaledBroadcastC) {
  const Attributes scales = {{"alpha", 2.0F}, {"beta", 0.5F}};
  expect_tensor(run({"Gemm", {kA, kB, floats({2}, {2, 4})}, scales}), {2, 2}, {9, 12, 21, 24});
  expect_tensor(run({"Gemm", {kA, kB, floats({2, 1}, {2, 4})}, scales}), {2, 2}, {9, 11, 22, 24});
  expect_tensor(run({"Gemm", {kA, kB, floats({}, {2})}, scales}), {2, 2}, {9, 11, 21, 23});
}

TEST(Gemm, ShapesThatDoNotAgreeAreNamed) {
  EXPECT_EQ(refusal({"Gemm", {kA, kA}}), "node 'n' (Gemm): A [2, 3] and B [2, 3] don't agree");
  EXPECT_EQ(refusal({"Gemm", {kA, kB}, {{"transB", std::int64_t{1}}}}),
            "node 'n' (Gemm): A [2, 3] and B [3, 2] (transposed) don't agree");
  EXPECT_EQ(refusal({"Gemm", {kA, kB, counting({3})}}),
            "node 'n' (Gemm): C [3] can't be broadcast to [2, 2]");
  EXPECT_EQ(refusal({"Gemm", {counting({1, 2, 3}), kB}}),
            "node 'n' (Gemm): A [1, 2, 3] and B [3, 2] must be matrices");
}

TEST(MatMul, MultipliesMatricesAndVectors) {
  const Tensor v = floats({3}, {1, 0, 2});
  expect_tensor(run({"MatMul", {kA, kB}}), {2, 2}, kProduct);
  expect_tensor(run({"MatMul", {kA, v}}), {2}, {7, 16});
  expect_tensor(run({"MatMul", {v, kB}}), {2}, {3, 2});
  expect_tensor(run({"MatMul", {v, v}}), {}, {5});
}

TEST(MatMul, BroadcastsLeadingDimensions) {
  const Tensor batch = counting({2, 1, 2});                           // [1 2], [3 4]
  const Tensor per_batch = floats({3, 1, 2, 1}, {1, 0, 0, 1, 1, 1});  // first, second, sum
  expect_tensor(run({"MatMul", {batch, per_batch}}), {3, 2, 1, 1}, {1, 3, 2, 4, 3, 7});
}

TEST(MatMul, ShapesThatDoNotAgreeAreNamed) {
  EXPECT_EQ(refusal({"MatMul", {kA, kA}}), "node 'n' (MatMul): A [2, 3] and B [2, 3] don't agree");
  EXPECT_EQ(refusal({"MatMul", {floats({}, {1}), kA}}),
            "node 'n' (MatMul): A [] and B [2, 3] must not be scalars");
  EXPECT_EQ(refusal({"MatMul", {counting({2, 1, 3}), counting({3, 3, 1})}}),
            "node 'n' (MatMul): shapes [2] and [3] can't be broadcast together");
}

}  // namespace
}  // namespace systolith
