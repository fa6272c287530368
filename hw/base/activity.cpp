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

void Activity::enter(Reason reason, Cycles now) {
  SYSTOLITH_CHECK(now >= since_, "activity goes back from cycle {} to {}", since_.count(),
                  now.count());
  spent_[static_cast<std::size_t>(state_.cause)] += now - since_;
  if (state_.at_a_level()) {
    if (at_level_.size() <= state_.level) at_level_.resize(state_.level + 1);
    AtLevel& level = at_level_[state_.level];
    (state_.cause == Cause::level_bank ? level.bank : level.miss) += now - since_;
  }
  since_ = now;
  state_ = reason;
}

Cycles Activity::spent_at(Reason reason) const {
  if (reason.level >= at_level_.size()) return Cycles(0);
  const AtLevel& level = at_level_[reason.level];
  return reason.cause == Cause::level_bank ? level.bank : level.miss;
}

Cycles Activity::total() const {
  Cycles sum;
  for (const Cycles c : spent_) sum += c;
  return sum;
}

}  // namespace systolith
