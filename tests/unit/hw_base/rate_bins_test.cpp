// Amounts over time keep their sum.
#include "hw/base/rate_bins.h"

#include <gtest/gtest.h>

#include <random>

namespace systolith {
namespace {

TEST(RateBins, KeepTheSumWhateverTheLengthOfTheRun) {
  RateBins bins(8);
  std::mt19937 random(1);
  std::int64_t sum = 0;
  for (std::int64_t start = 0; start < 100'000; start += random() % 1000) {
    const auto bytes = static_cast<std::int64_t>(random() % 10'000);
    bins.add(Cycles(start), Cycles(start + static_cast<std::int64_t>(random() % 3000)),
             Bytes(bytes));
    sum += bytes;
  }
  std::int64_t held = 0;
  for (std::size_t i = 0; i < bins.used(); ++i) held += bins.at(i).count();
  EXPECT_EQ(held, sum);
  EXPECT_EQ(bins.width(), Cycles(16384));  // 8 * 8192 < 100,000 <= 8 * 16384
}

TEST(RateBins, SpreadEvenlyOverWhatTheyTook) {
  RateBins bins(8);
  bins.add(Cycles(1), Cycles(5), Bytes(40));
  bins.widen_to(Cycles(2));
  EXPECT_EQ(bins.used(), 3U);
  EXPECT_EQ(bins.at(0), Bytes(10));
  EXPECT_EQ(bins.at(1), Bytes(20));
  EXPECT_EQ(bins.at(2), Bytes(10));
  bins.add(Cycles(2), Cycles(4), Bytes(5));  // within one
  EXPECT_EQ(bins.at(1), Bytes(25));
}

}  // namespace
}  // namespace systolith
