#include "hw/tenancy/scheduling_policy.h"

namespace systolith {
namespace {

class FirstCome final : public SchedulingPolicy {
 public:
  bool before(const Claim& a, const Claim& b) const override { return arrived_before(a, b); }
  bool preempts(const Claim&, const Claim&) const override { return false; }
};

}  // namespace

extern const Registration<SchedulingPolicy> first_come = {
    "first_come", "Requests in the order in which they arrived; none is interrupted.",
    []() -> std::unique_ptr<SchedulingPolicy> { return std::make_unique<FirstCome>(); }};

}  // namespace systolith
