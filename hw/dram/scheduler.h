// Which of the waiting requests goes first. One file per policy.
#pragma once

#include <memory>

#include "hw/base/registry.h"
#include "hw/dram/waiting_requests.h"

namespace systolith {

class Scheduler {
 public:
  static constexpr const char* kKind = "scheduler";
  using Factory = std::unique_ptr<Scheduler> (*)();
  static constexpr std::int64_t kNoRow = -1;

  virtual ~Scheduler() = default;

  // What a bank works for: the next command of one request, or that of another one instead where
  // it may be issued first.
  struct Work {
    Waiting* first;
    Waiting* instead = nullptr;
  };
  // Of the requests in the queue being served (`list`, not empty). `open_row`: of the bank, or
  // kNoRow.
  virtual Work choose(const WaitingList& list, std::int64_t open_row) const = 0;
  // Whether all banks wait for the one whose request has the lowest priority.
  virtual bool one_at_a_time() const = 0;
  // Of commands that may be issued at one clock, that for the lowest priority goes first;
  // priorities differ.
  virtual std::uint64_t priority(const Waiting& waiting) const { return waiting.order; }
};
template <>
const RegistrationTable<Scheduler>& registrations<Scheduler>();

}  // namespace systolith
