#include "hw/tenancy/scheduling_policy.h"

namespace systolith {
namespace {

class Priority final : public SchedulingPolicy {
 public:
  bool before(const Claim& a, const Claim& b) const override {
    return a.priority != b.priority ? a.priority > b.priority : arrived_before(a, b);
  }
  bool preempts(const Claim&, const Claim&) const override { return false; }
};

}  // namespace

extern const Registration<SchedulingPolicy> priority = {
    "priority", "The tenant of highest priority first; what runs is not interrupted.",
    []() -> std::unique_ptr<SchedulingPolicy> { return std::make_unique<Priority>(); }};

}  // namespace systolith
