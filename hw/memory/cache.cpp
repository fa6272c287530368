// A cache: sets of `ways` lines, banks by line. An access takes its bank for bytes / width cycles
// and has its data `latency` later; a miss asks behind after the lookup, `latency` cycles, and has
// its bank again when the line comes back. Misses of a line that is on its way join it.
//
//   write: back     written lines stay and are written behind when they make room; misses fetch
//          through  writes go on behind at once and are answered from there; misses fetch nothing
#include <utility>

#include "hw/base/slot_pool.h"
#include "hw/memory/passing_level.h"
#include "hw/memory/replacement.h"

namespace systolith {
namespace {

using tlm::tlm_generic_payload;

class Cache final : public PassingLevel {
 public:
  Cache(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
      : PassingLevel(name, spec),
        line_(static_cast<std::uint64_t>(config_.line.count())),
        ways_(static_cast<std::size_t>(config_.ways)),
        sets_(static_cast<std::size_t>(config_.capacity.count() / config_.line.count()) / ways_),
        through_(config_.write == "through"),
        lines_(sets_ * ways_),
        misses_(static_cast<std::size_t>(config_.mshrs)),
        bank_free_(static_cast<std::size_t>(config_.banks * config_.ports)),
        replacement_(registration<Replacement>(config_.replacement).create(sets_, ways_)) {
    for (std::size_t miss = misses_.size(); miss-- > 0;) free_misses_.push_back(miss);
  }

 private:
  enum class State : std::uint8_t { empty, fetching, clean, dirty };
  struct Line {
    std::uint64_t number = 0;
    State state = State::empty;
  };
  struct Access {  // a request, until all its lines are done
    tlm_generic_payload* request = nullptr;
    std::int64_t unanswered = 0;  // of the parts looked up so far
    bool looked_up = false;       // all parts
    Cycles ready;
  };
  struct Waiter {
    std::size_t access;
    std::int64_t bytes;
    bool write;
  };
  struct Miss {
    std::size_t place = 0;  // in lines_
    std::vector<Waiter> waiters;
  };
  struct Part {  // of a request, in one line
    std::uint64_t address;
    std::int64_t bytes;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  // Tags of what is passed on: misses first, then accesses whose write goes through.
  static constexpr std::size_t kWrittenBack = static_cast<std::size_t>(-2);

  bool take(tlm_generic_payload& request, Cycles now) override {
    if (current_ == kNone) begin(request, now);
    const std::uint64_t end = request.get_address() + request.get_data_length();
    for (; next_address_ < end; next_address_ = (next_address_ / line_ + 1) * line_) {
      const std::uint64_t line_end = (next_address_ / line_ + 1) * line_;
      const Part part{next_address_,
                      static_cast<std::int64_t>(std::min(line_end, end) - next_address_)};
      if (!look_up(part, now)) return false;
    }
    const std::size_t access = std::exchange(current_, kNone);
    accesses_[access].looked_up = true;
    answer_if_done(access);
    return true;
  }

  void begin(tlm_generic_payload& request, Cycles now) {
    current_ = accesses_.add({&request, 0, false, now});
    next_address_ = request.get_address();
    offered_ = now;
  }

  // False where it misses and there is no room for one more miss.
  bool look_up(const Part& part, Cycles now) {
    Access& access = accesses_[current_];
    const bool write = access.request->is_write();
    const std::uint64_t number = part.address / line_;
    const std::size_t place = find(number);
    const bool found = place != kNone && lines_[place].state != State::fetching;
    const bool fetches = place == kNone && !(write && through_);
    if (fetches && !room_for_miss(number)) return false;
    traffic_.miss_wait += now - offered_;
    blame_for(*access.request, Cause::level_miss, now - offered_);
    offered_ = now;
    const Cycles begin = book_bank(number, part.bytes, now);
    blame_for(*access.request, Cause::level_bank, begin - now);
    ++(found ? traffic_.hits : traffic_.misses);
    (found ? traffic_.hit_bytes : traffic_.miss_bytes) += part.bytes;
    ++access.unanswered;
    if (place != kNone && !(write && through_)) use(place);
    if (write && through_)
      pass_on(
          {true, part.address, part.bytes, owner_of(*access.request), misses_.size() + current_},
          begin + config_.latency);
    else if (found)
      hit(place, write, begin + beats(part.bytes) + config_.latency);
    else
      misses_[fetches ? fetch(number, begin + config_.latency) : miss_of(place)].waiters.push_back(
          {current_, part.bytes, write});
    return true;
  }

  void hit(std::size_t place, bool write, Cycles ready) {
    if (write) lines_[place].state = State::dirty;
    done(current_, ready);
  }

  bool room_for_miss(std::uint64_t number) const {
    if (free_misses_.empty()) return false;
    const std::size_t set = set_of(number) * ways_;
    for (std::size_t way = 0; way < ways_; ++way)
      if (lines_[set + way].state != State::fetching) return true;
    return false;
  }

  // Clears a place for the line and asks for it; returns the miss.
  std::size_t fetch(std::uint64_t number, Cycles at) {
    const std::size_t set = set_of(number);
    std::vector<bool> held(ways_);
    std::size_t place = kNone;
    for (std::size_t way = ways_; way-- > 0;) {
      const State state = lines_[set * ways_ + way].state;
      held[way] = state == State::fetching;
      if (state == State::empty) place = set * ways_ + way;
    }
    if (place == kNone) place = set * ways_ + replacement_->victim(set, held);
    const Owner owner = owner_of(*accesses_[current_].request);
    const auto bytes = static_cast<std::int64_t>(line_);
    if (lines_[place].state == State::dirty)
      pass_on({true, lines_[place].number * line_, bytes, owner, kWrittenBack}, at);
    lines_[place] = {number, State::fetching};
    use(place);
    const std::size_t miss = free_misses_.back();
    free_misses_.pop_back();
    misses_[miss].place = place;
    pass_on({false, number * line_, bytes, owner, miss}, at);
    return miss;
  }

  void returned(std::size_t tag, const DelayExtension& delays, Cycles now) override {
    if (tag == kWrittenBack) return;
    if (tag >= misses_.size()) {
      pass_reasons(delays, *accesses_[tag - misses_.size()].request);
      return done(tag - misses_.size(), now);
    }
    Miss& miss = misses_[tag];
    Line& line = lines_[miss.place];
    line.state = State::clean;
    const Cycles begin = book_bank(line.number, static_cast<std::int64_t>(line_), now);
    for (const Waiter& waiter : miss.waiters) {
      if (waiter.write) line.state = State::dirty;
      pass_reasons(delays, *accesses_[waiter.access].request);
      done(waiter.access, begin + beats(waiter.bytes));
    }
    miss.waiters.clear();
    free_misses_.push_back(tag);
  }

  void done(std::size_t number, Cycles ready) {
    Access& access = accesses_[number];
    access.ready = std::max(access.ready, ready);
    --access.unanswered;
    answer_if_done(number);
  }
  void answer_if_done(std::size_t number) {
    if (!accesses_[number].looked_up || accesses_[number].unanswered > 0) return;
    const Access access = accesses_.take(number);
    respond(*access.request, access.ready);
  }

  // The cycle from which on the bank, or one of its ports, is the access's.
  Cycles book_bank(std::uint64_t number, std::int64_t bytes, Cycles now) {
    const auto ports = static_cast<std::size_t>(config_.ports);
    const auto banks = static_cast<std::uint64_t>(config_.banks);
    const auto first = bank_free_.begin() + static_cast<std::ptrdiff_t>(number % banks * ports);
    Cycles& free = *std::min_element(first, first + static_cast<std::ptrdiff_t>(ports));
    const Cycles begin = std::max(free, now);
    traffic_.bank_wait += begin - now;
    free = begin + beats(bytes);
    return begin;
  }

  std::size_t set_of(std::uint64_t number) const { return number % sets_; }
  std::size_t find(std::uint64_t number) const {
    const std::size_t set = set_of(number) * ways_;
    for (std::size_t place = set; place < set + ways_; ++place)
      if (lines_[place].state != State::empty && lines_[place].number == number) return place;
    return kNone;
  }
  std::size_t miss_of(std::size_t place) const {
    for (std::size_t miss = 0; miss < misses_.size(); ++miss)
      if (misses_[miss].place == place && !misses_[miss].waiters.empty()) return miss;
    throw InternalError(fmt::format("{}: a line on its way without a miss", name()));
  }
  void use(std::size_t place) { replacement_->used(place / ways_, place % ways_); }

  std::uint64_t line_;
  std::size_t ways_, sets_;
  bool through_;
  std::vector<Line> lines_;
  std::vector<Miss> misses_;
  std::vector<std::size_t> free_misses_;
  std::vector<Cycles> bank_free_;  // by bank and port
  std::unique_ptr<Replacement> replacement_;
  SlotPool<Access> accesses_;
  std::size_t current_ = kNone;  // the access that is being looked up
  std::uint64_t next_address_ = 0;
  Cycles offered_;  // when its present part was first looked up
};

}  // namespace

extern const Registration<MemoryLevel> cache = {
    "cache", "Sets of lines between its cores and DRAM; misses go on behind.",
    [](const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
        -> std::unique_ptr<MemoryLevel> { return std::make_unique<Cache>(name, spec); }};

}  // namespace systolith
