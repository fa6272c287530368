// The read and write queues of a channel: requests by bank, in order of arrival, and by address.
// Nothing is allocated after construction.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/dram/dram_request.h"
#include "hw/dram/timing_state.h"

namespace systolith {

// A request in a queue.
struct Waiting {
  Waiting *previous, *next;  // of the same kind and bank, by age
  std::int64_t row;
  std::uint64_t burst;     // its address in bursts
  std::uint64_t order;     // of arrival, among all requests of the channel
  std::uint64_t priority;  // by the scheduler
  std::int32_t bank;
  bool write;
  bool opened;  // a row was opened for it
  std::uint64_t tag;
  Cycles row_since;                      // when its bank began to; negative: it has not
  Cycles refresh_before, writes_before;  // what the channel had spent on them when it came
};

// Requests of one kind for one bank, oldest first.
struct WaitingList {
  Waiting *first = nullptr, *last = nullptr;

  bool empty() const { return first == nullptr; }
};

class WaitingRequests {
 public:
  WaitingRequests(std::int64_t reads, std::int64_t writes, std::int32_t banks);

  std::int64_t reads() const { return kinds_[0].count; }
  std::int64_t writes() const { return kinds_[1].count; }
  bool empty() const { return reads() + writes() == 0; }
  bool full(bool write) const { return kinds_[write].count == kinds_[write].capacity; }
  const WaitingList& list(bool write, std::int32_t bank) const {
    return kinds_[write].lists[static_cast<std::size_t>(bank)];
  }
  bool any(std::int32_t bank) const {
    return !list(false, bank).empty() || !list(true, bank).empty();
  }
  // False where none of that kind is for the burst; quick.
  bool may_hold(bool write, std::uint64_t burst) const {
    return kinds_[write].in_bucket[bucket(burst)] != 0;
  }
  // The oldest of that kind for the burst, or null.
  const Waiting* find(bool write, std::int32_t bank, std::uint64_t burst) const;
  // The oldest that goes to the row, or null.
  static Waiting* find_row(const WaitingList& list, std::int64_t row) {
    Waiting* waiting = list.first;
    while (waiting != nullptr && waiting->row != row) waiting = waiting->next;
    return waiting;
  }

  // Requires: !full(request.write). The caller sets its priority and what came before it.
  Waiting& add(const DramRequest& request, std::int32_t bank, std::int64_t row,
               std::uint64_t burst);
  void remove(Waiting& waiting);

 private:
  static constexpr std::size_t kBuckets = 1024;  // of a count of waiting requests by their burst
  struct Kind {
    std::int64_t count = 0, capacity = 0;
    std::vector<WaitingList> lists;  // per bank
    std::array<std::uint16_t, kBuckets> in_bucket{};
  };

  static std::size_t bucket(std::uint64_t burst) {
    return static_cast<std::size_t>((burst ^ (burst >> 10)) % kBuckets);
  }

  std::array<Kind, 2> kinds_;  // reads, writes
  std::vector<Waiting> pool_;
  std::vector<Waiting*> free_;
  std::uint64_t arrived_ = 0;
};

}  // namespace systolith
