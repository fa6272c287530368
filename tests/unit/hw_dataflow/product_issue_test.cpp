#include "hw/dataflow/product_issue.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

ProductIssue issue(std::int64_t rows, std::int64_t in_flight) {
  ArrayConfig array;
  array.rows = array.cols = 4;
  array.product_rows = rows;
  array.products_in_flight = in_flight;
  return ProductIssue(array);
}

TEST(ProductIssue, AnArrayWithoutBoundIsNotLimited) { EXPECT_FALSE(issue(0, 1).limited()); }

// 4 + 4 + 2 rows, the last product as long as the next tile's load: 4 cycles.
TEST(ProductIssue, TheLastProductTakesAsLongAsALoad) {
  EXPECT_EQ(issue(4, 8).stream(Cycles(100), {10, 10, 1}), Cycles(112));
  EXPECT_EQ(issue(4, 8).steady({10, 10, 1}), 12);
}

// Output rows of 5: 4 + 1, 4 + 1 (which takes 4).
TEST(ProductIssue, NoProductGoesAcrossTheEndOfARun) {
  EXPECT_EQ(issue(4, 8).stream(Cycles(0), {10, 5, 1}), Cycles(13));
}

// One at a time: 2 rows are under way for 2 + 4 + 4 cycles.
//   0: enters, leaves at 10    10: enters, leaves at 20    20: enters with the load, fed at 24
TEST(ProductIssue, AProductEntersWhenOneHasLeft) {
  EXPECT_EQ(issue(2, 1).stream(Cycles(0), {6, 6, 1}), Cycles(24));
}

// Two at a time: 0 and 2, then 10 behind the first, then 12 with the load.
TEST(ProductIssue, SeveralAreUnderWay) {
  EXPECT_EQ(issue(2, 2).stream(Cycles(0), {8, 8, 1}), Cycles(16));
}

TEST(ProductIssue, ProductsOfTheStreamBeforeAreStillUnderWay) {
  ProductIssue one = issue(4, 1);
  EXPECT_EQ(one.stream(Cycles(0), {4, 4, 1}), Cycles(4));    // leaves at 12
  EXPECT_EQ(one.stream(Cycles(5), {4, 4, 1}), Cycles(16));   // from 12 on
  EXPECT_EQ(one.stream(Cycles(50), {4, 4, 1}), Cycles(54));  // nothing in its way
}

TEST(ProductIssue, OperandsOfSeveralPassesTakeTheirRowsAsOften) {
  EXPECT_EQ(issue(4, 8).stream(Cycles(0), {8, 8, 2}), Cycles(16));
}

// Many streams of products of 1 row and a last one of 4 keep to their mean.
TEST(ProductIssue, SteadyIsTheMeanOfManyStreams) {
  for (const std::int64_t in_flight : {1, 2, 3, 5}) {
    ProductIssue many = issue(1, in_flight);
    const ProductIssue::Stream stream{7, 7, 1};
    Cycles now;
    constexpr std::int64_t kStreams = 1000;
    for (std::int64_t i = 0; i < kStreams; ++i) now = many.stream(now, stream);
    const double mean = static_cast<double>(now.count()) / kStreams;
    EXPECT_NEAR(mean, static_cast<double>(many.steady(stream)), 1) << in_flight;
  }
}

}  // namespace
}  // namespace systolith
