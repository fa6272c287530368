#include <gtest/gtest.h>

#include "hw/tenancy/scheduling_policy.h"

namespace systolith {
namespace {

std::unique_ptr<SchedulingPolicy> policy(const char* name) {
  return registration<SchedulingPolicy>(name).create();
}

Claim claim(std::uint64_t number, std::int64_t priority = 0, bool background = false) {
  return {TenantId(number), Cycles(0), number, priority, background};
}

TEST(Policies, FirstComeLooksAtNothingButTheOrderOfArrival) {
  const auto p = policy("first_come");
  EXPECT_TRUE(p->before(claim(1, 0, true), claim(2, 9)));
  EXPECT_FALSE(p->preempts(claim(1, 9), claim(0, 0, true)));
}

TEST(Policies, PriorityBreaksTiesByArrivalAndInterruptsNobody) {
  const auto p = policy("priority");
  EXPECT_TRUE(p->before(claim(2, 5), claim(1, 4)));
  EXPECT_TRUE(p->before(claim(1, 4), claim(2, 4)));
  EXPECT_FALSE(p->preempts(claim(2, 5), claim(1, 4)));
}

TEST(Policies, BackgroundGivesWayToEverybodyElseOnly) {
  const auto p = policy("background");
  EXPECT_TRUE(p->before(claim(2, 0), claim(1, 9, true)));
  EXPECT_TRUE(p->preempts(claim(2), claim(1, 9, true)));
  EXPECT_FALSE(p->preempts(claim(2, 9), claim(1)));
  EXPECT_FALSE(p->preempts(claim(2, 9, true), claim(1, 0, true)));
}

TEST(Policies, EveryOneIsAStrictOrder) {
  std::vector<Claim> claims;
  for (const std::int64_t priority : {0, 1})
    for (const bool background : {false, true})
      for (const std::uint64_t number : {0U, 1U})
        claims.push_back(claim(claims.size() * 2 + number, priority, background));
  for (const auto* entry : registrations<SchedulingPolicy>()) {
    const auto p = entry->create();
    for (const Claim& a : claims)
      for (const Claim& b : claims)
        if (a.number != b.number)
          EXPECT_NE(p->before(a, b), p->before(b, a)) << entry->name;
        else
          EXPECT_FALSE(p->before(a, b)) << entry->name;
  }
}

}  // namespace
}  // namespace systolith
