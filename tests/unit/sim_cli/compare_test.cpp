#include "sim/cli/compare.h"

#include <gtest/gtest.h>

namespace systolith::cli {
namespace {

Tensor tensor(Shape shape, std::vector<float> values) {
  Tensor t;
  t.shape = std::move(shape);
  t.floats = std::move(values);
  return t;
}

TEST(Compare, CosineIsOneForParallelAndZeroForOrthogonalOutputs) {
  EXPECT_DOUBLE_EQ(compare(tensor({1, 2}, {2, 4}), tensor({1, 2}, {1, 2})).cosine, 1);
  EXPECT_DOUBLE_EQ(compare(tensor({1, 2}, {2, 0}), tensor({1, 2}, {0, 3})).cosine, 0);
  EXPECT_DOUBLE_EQ(compare(tensor({1, 2}, {3, 4}), tensor({1, 2}, {4, 3})).cosine, 24.0 / 25);
}

TEST(Compare, AnAllZeroOutputAgreesOnlyWithAnAllZeroOne) {
  EXPECT_EQ(compare(tensor({1, 2}, {0, 0}), tensor({1, 2}, {0, 0})).cosine, 1);
  EXPECT_EQ(compare(tensor({1, 2}, {0, 0}), tensor({1, 2}, {1, 0})).cosine, 0);
}

TEST(Compare, TopOneIsCountedPerBatchEntry) {
  const Agreement agreement =
      compare(tensor({3, 2}, {1, 2, 5, 4, 0, 1}), tensor({3, 2}, {0, 9, 1, 2, 0, 1}));
  EXPECT_EQ(agreement.entries, 3);
  EXPECT_EQ(agreement.top1, 2);
}

TEST(Compare, DifferentSizesAreABug) {
  EXPECT_THROW(compare(tensor({1}, {1}), tensor({2}, {1, 2})), InternalError);
}

}  // namespace
}  // namespace systolith::cli
