// The commands that the banks of a channel would issue next, and which of them goes first. Those of
// one kind in one rank are looked at together: where their rank or bus holds all of them back
// behind another command, none is.
#pragma once

#include <limits>
#include <vector>

#include "hw/dram/timing_state.h"

namespace systolith {

class Contenders {
 public:
  static constexpr Cycles kNever{std::numeric_limits<std::int64_t>::max()};
  static constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

  // Filled to the last byte, so that it is copied in registers.
  struct Winner {
    Cycles at = kNever;
    std::int32_t bank = -1;
    std::int32_t instead = 0;
  };

  explicit Contenders(const ChannelShape& shape);

  // A bank's next command, or (`instead`) the precharge that it may take instead. `ready`: when the
  // bank's own rules let it. Of commands that may go at one clock, the lowest priority does.
  void set(const BankPlace& place, DramCommand command, bool instead, Cycles ready,
           std::uint64_t priority) {
    Seat& seat = seats_[seat_of(place.bank, instead)];
    leave(seat);
    seat.ready = ready;
    seat.priority = priority;
    seat.set = set_of(place.rank, command, instead);
    sets_[seat.set].banks |= seat.bit;
  }
  void clear(std::int32_t bank, bool instead) { leave(seats_[seat_of(bank, instead)]); }

  // The earliest, not before `now`; at one clock that of the lowest priority.
  Winner first(const TimingState& timing, Cycles now) const;
  // The same among what one bank has, or `winner` where that goes first.
  Winner first_with(Winner winner, std::int32_t bank, const TimingState& timing, Cycles now) const;
  // That of the lowest priority, whatever the others could do; those of kLast are apart.
  Winner lowest(const TimingState& timing, Cycles now) const;

 private:
  static constexpr std::uint32_t kInstead = kBankCommands;  // a kind after the commands
  static constexpr std::uint32_t kKinds = kInstead + 1;
  struct Seat {
    Cycles ready;
    std::uint64_t priority = kLast;
    std::uint32_t set = 0;
    std::int32_t group = 0;  // of the bank
    std::uint64_t bit = 0;   // the bank's, in its rank
  };

  struct Set {                // of one kind in one rank
    std::uint64_t banks = 0;  // a bit for each bank of the rank
    DramCommand command{};
    std::int32_t rank = 0;
    std::size_t seats = 0;  // the first of the rank's
  };

  std::size_t seat_of(std::int32_t bank, std::int32_t instead) const {
    return static_cast<std::size_t>(bank + instead * banks_);
  }
  static std::uint32_t set_of(std::int32_t rank, DramCommand command, bool instead) {
    return static_cast<std::uint32_t>(rank) * kKinds +
           (instead ? kInstead : static_cast<std::uint32_t>(command));
  }
  void leave(const Seat& seat) { sets_[seat.set].banks &= ~seat.bit; }
  Winner winner(Cycles at, std::size_t seat) const;
  Cycles earliest(const Seat& seat, const TimingState& timing, Cycles now) const;

  std::int32_t banks_;
  std::vector<Seat> seats_;  // by bank; then those of precharges instead
  std::vector<Set> sets_;    // by rank and kind
};

}  // namespace systolith
