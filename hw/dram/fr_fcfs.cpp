// First ready, first come, first served (Rixner et al., "Memory Access Scheduling", ISCA 2000): of
// the commands that may be issued, that for the oldest request goes first. A bank serves the oldest
// request to its open row; where an older one wants another row, it is closed as soon as it may be.
#include "hw/dram/scheduler.h"

namespace systolith {
namespace {

class FirstReady final : public Scheduler {
  Work choose(const WaitingList& list, std::int64_t open_row) const override {
    Waiting* hit = open_row == kNoRow ? nullptr : WaitingRequests::find_row(list, open_row);
    if (hit == nullptr || hit == list.first) return {list.first};
    return {hit, list.first};
  }
  bool one_at_a_time() const override { return false; }
};

}  // namespace

extern const Registration<Scheduler> fr_fcfs = {
    "fr_fcfs", "First ready, first come, first served: requests to open rows go ahead.",
    []() -> std::unique_ptr<Scheduler> { return std::make_unique<FirstReady>(); }};

}  // namespace systolith
