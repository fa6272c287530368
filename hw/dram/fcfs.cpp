// First come, first served: commands are issued for the oldest request only.
#include "hw/dram/scheduler.h"

namespace systolith {
namespace {

class FirstCome final : public Scheduler {
  Work choose(const WaitingList& list, std::int64_t) const override { return {list.first}; }
  bool one_at_a_time() const override { return true; }
};

}  // namespace

extern const Registration<Scheduler> fcfs = {
    "fcfs", "First come, first served: one request after the other.",
    []() -> std::unique_ptr<Scheduler> { return std::make_unique<FirstCome>(); }};

}  // namespace systolith
