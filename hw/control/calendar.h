// When each module is due. One process steps all modules of a machine, so that the order of those
// due at the same time depends on nothing but who they are: the kernel's own queue of timed events
// keeps no order among equals, and what one tenant does would show in the order of another's steps.
//
//   time t:  round 1: all that are due at t, by rank
//            round 2: all that round 1 asked for now, by rank …
#pragma once

#include <cstdint>
#include <queue>
#include <systemc>
#include <vector>

#include "hw/control/edge_clock.h"

namespace systolith {

class Calendar final : public sc_core::sc_module {
 public:
  // A module on the calendar; it has one appointment at a time, the earliest that it asked for.
  class Entry {
   public:
    virtual ~Entry() = default;
    virtual void due() = 0;

   private:
    friend class Calendar;
    static constexpr std::int64_t kNone = INT64_MAX;
    std::uint32_t rank_ = 0;
    std::int64_t appointment_ = kNone;  // femtoseconds
  };

  SC_HAS_PROCESS(Calendar);
  explicit Calendar(const sc_core::sc_module_name& name);

  // Once for every module, at elaboration; the order of enrolment is that of the ranks.
  void enroll(Entry& entry);
  // Not in the past.
  void at(Entry& entry, Femtoseconds time);
  // In the next round of the present time.
  void now(Entry& entry) { at(entry, kernel_time()); }

 private:
  struct Appointment {
    std::int64_t time;
    std::uint32_t rank;
    bool operator>(const Appointment& other) const {
      return time != other.time ? time > other.time : rank > other.rank;
    }
  };
  using Queue = std::priority_queue<Appointment, std::vector<Appointment>, std::greater<>>;

  void run();
  void arm();

  std::vector<Entry*> entries_;  // by rank
  Queue appointments_;           // with some that an earlier one has replaced
  std::vector<std::uint32_t> round_;
  bool running_ = false;
  sc_core::sc_event wake_{"wake"};
};

}  // namespace systolith
