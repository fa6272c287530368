#include "hw/base/clock.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

TEST(ClockDomain, EdgesOfOneGigahertzAreOneNanosecondApart) {
  const ClockDomain clock(Hertz(1'000'000'000));
  EXPECT_EQ(clock.edge(Cycles(7)), Femtoseconds(7'000'000));
}

TEST(ClockDomain, DoesNotDriftWhereThePeriodIsNotWholeFemtoseconds) {
  const ClockDomain clock(Hertz(3));
  EXPECT_EQ(clock.edge(Cycles(3)), Femtoseconds(1'000'000'000'000'000));
}

TEST(ClockDomain, FindsTheNearestEdgesAroundATime) {
  const ClockDomain clock(Hertz(1'050'000'000));
  for (std::int64_t n = 1; n < 1000; ++n) {
    const Femtoseconds edge = clock.edge(Cycles(n));
    EXPECT_EQ(clock.at_or_after(edge), Cycles(n));
    EXPECT_EQ(clock.at_or_before(edge), Cycles(n));
    EXPECT_EQ(clock.at_or_after(edge + Femtoseconds(1)), Cycles(n + 1));
    EXPECT_EQ(clock.at_or_before(edge - Femtoseconds(1)), Cycles(n - 1));
  }
}

}  // namespace
}  // namespace systolith
