#include "hw/dram/waiting_requests.h"

#include "hw/base/error.h"

namespace systolith {

WaitingRequests::WaitingRequests(std::int64_t reads, std::int64_t writes, std::int32_t banks)
    : pool_(static_cast<std::size_t>(reads + writes)) {
  kinds_[0].capacity = reads;
  kinds_[1].capacity = writes;
  for (Kind& kind : kinds_) kind.lists.resize(static_cast<std::size_t>(banks));
  for (Waiting& waiting : pool_) free_.push_back(&waiting);
}

const Waiting* WaitingRequests::find(bool write, std::int32_t bank, std::uint64_t burst) const {
  if (!may_hold(write, burst)) return nullptr;
  const Waiting* waiting = list(write, bank).first;
  while (waiting != nullptr && waiting->burst != burst) waiting = waiting->next;
  return waiting;
}

Waiting& WaitingRequests::add(const DramRequest& request, std::int32_t bank, std::int64_t row,
                              std::uint64_t burst) {
  Kind& kind = kinds_[request.write];
  SYSTOLITH_CHECK(kind.count < kind.capacity, "the queue of {} is full", kind.capacity);
  WaitingList& list = kind.lists[static_cast<std::size_t>(bank)];
  Waiting& waiting = *free_.back();
  free_.pop_back();
  waiting.previous = list.last;
  waiting.next = nullptr;
  waiting.row = row;
  waiting.burst = burst;
  waiting.order = ++arrived_;
  waiting.bank = bank;
  waiting.write = request.write;
  waiting.opened = false;
  waiting.tag = request.tag;
  waiting.row_since = Cycles(-1);
  (list.empty() ? list.first : list.last->next) = &waiting;
  list.last = &waiting;
  ++kind.in_bucket[bucket(burst)];
  ++kind.count;
  return waiting;
}

void WaitingRequests::remove(Waiting& waiting) {
  Kind& kind = kinds_[waiting.write];
  WaitingList& list = kind.lists[static_cast<std::size_t>(waiting.bank)];
  (waiting.previous != nullptr ? waiting.previous->next : list.first) = waiting.next;
  (waiting.next != nullptr ? waiting.next->previous : list.last) = waiting.previous;
  --kind.in_bucket[bucket(waiting.burst)];
  --kind.count;
  free_.push_back(&waiting);
}

}  // namespace systolith
