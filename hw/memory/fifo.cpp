// A queue of data on their way to the cores, as in front of TPU v1's weight plane: reads go on
// behind as long as there is room for what they bring, and leave in the order in which they came,
// `width` bytes a cycle, `latency` after their data. Writes pass by.
#include "hw/base/slot_pool.h"
#include "hw/memory/passing_level.h"

namespace systolith {
namespace {

using tlm::tlm_generic_payload;

class Fifo final : public PassingLevel {
 public:
  using PassingLevel::PassingLevel;

 private:
  struct Read {
    tlm_generic_payload* request;
    std::int64_t bytes;
    bool there = false;
  };
  struct Leaving {
    Cycles at;
    std::int64_t bytes;
  };
  static constexpr std::size_t kWrite = std::size_t{1} << 63;  // bit of the tags of writes

  bool take(tlm_generic_payload& request, Cycles now) override {
    const std::int64_t bytes = request.get_data_length();
    if (request.is_write()) {
      pass_on(
          {true, request.get_address(), bytes, owner_of(request), kWrite | writes_.add(&request)},
          now);
    } else {
      if (!has_room(bytes, now)) return false;
      filled_ += bytes;
      reads_.push_back({&request, bytes});
      pass_on({false, request.get_address(), bytes, owner_of(request), first_ + reads_.size() - 1},
              now);
    }
    const Cycles waited = waited_ ? now - *waited_ : Cycles(0);
    traffic_.miss_wait += waited;
    blame_for(request, Cause::level_miss, waited);
    waited_.reset();
    ++traffic_.misses;
    traffic_.miss_bytes += bytes;
    return true;
  }

  bool has_room(std::int64_t bytes, Cycles now) {
    for (; !leaving_.empty() && leaving_.front().at <= now; leaving_.pop_front())
      filled_ -= leaving_.front().bytes;
    if (filled_ + bytes <= config_.capacity.count()) return true;
    if (!waited_) waited_ = now;
    if (!leaving_.empty()) wake_at(leaving_.front().at);
    return false;
  }

  void returned(std::size_t tag, const DelayExtension& delays, Cycles now) override {
    if ((tag & kWrite) != 0) {
      tlm_generic_payload& write = *writes_.take(tag & ~kWrite);
      pass_reasons(delays, write);
      return respond(write, now);
    }
    reads_[tag - first_].there = true;
    pass_reasons(delays, *reads_[tag - first_].request);
    for (; !reads_.empty() && reads_.front().there; reads_.pop_front(), ++first_) {
      const Read& read = reads_.front();
      port_free_ = std::max(now + config_.latency, port_free_) + beats(read.bytes);
      leaving_.push_back({port_free_, read.bytes});
      respond(*read.request, port_free_);
    }
  }

  std::deque<Read> reads_;
  std::size_t first_ = 0;  // the tag of the first of them
  std::deque<Leaving> leaving_;
  std::int64_t filled_ = 0;  // bytes: asked for and not gone
  Cycles port_free_;
  SlotPool<tlm_generic_payload*> writes_;
  std::optional<Cycles> waited_;  // since when the next read has waited for room
};

}  // namespace

extern const Registration<MemoryLevel> fifo = {
    "fifo", "A queue that data pass in order, such as a weight FIFO.",
    [](const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
        -> std::unique_ptr<MemoryLevel> { return std::make_unique<Fifo>(name, spec); }};

}  // namespace systolith
