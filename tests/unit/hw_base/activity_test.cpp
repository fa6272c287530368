#include "hw/base/activity.h"

#include <gtest/gtest.h>

#include "hw/base/error.h"

namespace systolith {
namespace {

TEST(Activity, BooksEachStretchOnTheStateThatHeldIt) {
  Activity activity;
  activity.enter(Cause::busy, Cycles(3));
  activity.enter(Cause::dram, Cycles(10));
  activity.close(Cycles(15));
  EXPECT_EQ(activity.spent(Cause::idle), Cycles(3));
  EXPECT_EQ(activity.spent(Cause::busy), Cycles(7));
  EXPECT_EQ(activity.spent(Cause::dram), Cycles(5));
  EXPECT_EQ(activity.total(), Cycles(15));
}

TEST(Activity, RefusesToGoBackInTime) {
  Activity activity;
  activity.enter(Cause::busy, Cycles(5));
  EXPECT_THROW(activity.enter(Cause::idle, Cycles(4)), InternalError);
}

}  // namespace
}  // namespace systolith
