#include "hw/control/calendar.h"

namespace systolith {

Calendar::Calendar(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_METHOD(run);
  sensitive << wake_;
  dont_initialize();
}

void Calendar::enroll(Entry& entry) {
  entry.rank_ = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back(&entry);
}

void Calendar::at(Entry& entry, Femtoseconds time) {
  if (entry.appointment_ <= time.count()) return;
  entry.appointment_ = time.count();
  appointments_.push({time.count(), entry.rank_});
  if (!running_) wake_.notify(to_sc_time(time - kernel_time()));
}

void Calendar::run() {
  const std::int64_t present = kernel_time().count();
  running_ = true;
  while (!appointments_.empty() && appointments_.top().time <= present) {
    round_.clear();
    // Equal times come out by rank; a replaced appointment names a time that is not the entry's.
    for (; !appointments_.empty() && appointments_.top().time <= present; appointments_.pop()) {
      const Appointment& next = appointments_.top();
      if (entries_[next.rank]->appointment_ != next.time) continue;
      entries_[next.rank]->appointment_ = Entry::kNone;
      round_.push_back(next.rank);
    }
    for (const std::uint32_t rank : round_) entries_[rank]->due();
  }
  running_ = false;
  arm();
}

void Calendar::arm() {
  if (!appointments_.empty())
    wake_.notify(to_sc_time(Femtoseconds(appointments_.top().time) - kernel_time()));
}

}  // namespace systolith
