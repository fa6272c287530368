#include "models/ops/sgemm.h"

#include <gtest/gtest.h>

#include <vector>

namespace systolith {
namespace {

float value_at(std::int64_t i) { return 1.0F / static_cast<float>(i % 97 + 1) - 0.02F; }

std::vector<float> values(std::int64_t count) {
  std::vector<float> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(value_at(i));
  return result;
}

// Extents around the blocks' sizes: rows 4 and 128, panels 8 and 16, columns and depth 256.
class SgemmExtents : public ::testing::TestWithParam<SgemmExtent> {};

TEST_P(SgemmExtents, EqualTheSumInAscendingOrderToTheBit) {
  const auto [m, n, k] = GetParam();
  const std::vector<float> a = values(m * k);
  const std::vector<float> b = values(k * n + 1);
  std::vector<float> c = values(m * n);
  std::vector<float> expected = c;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      float& sum = expected[static_cast<std::size_t>(i * n + j)];
      for (std::int64_t l = 0; l < k; ++l)
        sum += a[static_cast<std::size_t>(i * k + l)] * b[static_cast<std::size_t>(l * n + j)];
    }
  sgemm({m, n, k}, {a.data(), k}, MatrixSource({b.data(), n}), c.data(), n);
  EXPECT_EQ(c, expected);
}

INSTANTIATE_TEST_SUITE_P(AroundTheBlockSizes, SgemmExtents,
                         ::testing::Values(SgemmExtent{1, 1, 1}, SgemmExtent{4, 16, 8},
                                           SgemmExtent{5, 17, 3}, SgemmExtent{3, 7, 257},
                                           SgemmExtent{130, 9, 20}, SgemmExtent{2, 273, 256},
                                           SgemmExtent{7, 256, 600}, SgemmExtent{3, 5, 0}));

TEST(Sgemm, LeavesWhatLiesBetweenTheRowsAlone) {
  const std::vector<float> a = {1, 2}, b = {10};
  std::vector<float> c = {0, 7, 0, 7};
  sgemm({2, 1, 1}, {a.data(), 1}, MatrixSource({b.data(), 1}), c.data(), 2);
  EXPECT_EQ(c, (std::vector<float>{10, 7, 20, 7}));
}

}  // namespace
}  // namespace systolith
