#include "hw/base/activity.h"

#include "hw/base/error.h"

namespace systolith {

std::string_view to_string(Cause cause) {
  static constexpr std::array<std::string_view, kCauses> kNames = {
      "busy",     "weight_load",  "fill_drain",  "operand",    "bank_conflict", "dram",
      "row_miss", "refresh",      "write_drain", "dram_queue", "level_bank",    "level_miss",
      "host",     "interconnect", "queue_full",  "sync",       "idle"};
  return kNames.at(static_cast<std::size_t>(cause));
}

void Activity::enter(Cause cause, Cycles now) {
  SYSTOLITH_CHECK(now >= since_, "activity goes back from cycle {} to {}", since_.count(),
                  now.count());
  spent_[static_cast<std::size_t>(state_)] += now - since_;
  since_ = now;
  state_ = cause;
}

Cycles Activity::total() const {
  Cycles sum;
  for (const Cycles c : spent_) sum += c;
  return sum;
}

}  // namespace systolith
