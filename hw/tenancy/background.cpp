#include "hw/tenancy/scheduling_policy.h"

namespace systolith {
namespace {

class Background final : public SchedulingPolicy {
 public:
  bool before(const Claim& a, const Claim& b) const override {
    if (a.background != b.background) return b.background;
    return a.priority != b.priority ? a.priority > b.priority : arrived_before(a, b);
  }
  bool preempts(const Claim& waiting, const Claim& running) const override {
    return running.background && !waiting.background;
  }
};

}  // namespace

extern const Registration<SchedulingPolicy> background = {
    "background",
    "By priority; background tenants run in what the others leave and give way at borders.",
    []() -> std::unique_ptr<SchedulingPolicy> { return std::make_unique<Background>(); }};

}  // namespace systolith
