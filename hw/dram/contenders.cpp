#include "hw/dram/contenders.h"

#include "hw/base/error.h"

namespace systolith {
namespace {

// Lexicographic; compiles to one subtraction of 128 bits.
__extension__ using Wide = unsigned __int128;
constexpr bool before(std::uint64_t a, std::uint64_t a_then, std::uint64_t b,
                      std::uint64_t b_then) {
  return (static_cast<Wide>(a) << 64 | a_then) < (static_cast<Wide>(b) << 64 | b_then);
}

// `a` or `b`, without a branch: which of two banks is ahead is a coin toss, and a mispredicted
// branch costs more than the whole comparison.
constexpr std::uint64_t pick(bool first, std::uint64_t a, std::uint64_t b) {
  return b ^ ((a ^ b) & (std::uint64_t{0} - static_cast<std::uint64_t>(first)));
}

}  // namespace

Contenders::Contenders(const ChannelShape& shape)
    : banks_(shape.all_banks()), seats_(2 * static_cast<std::size_t>(banks_)) {
  const std::int32_t banks_of_rank = shape.banks_of_rank();
  SYSTOLITH_CHECK(banks_of_rank <= 64, "a rank of {} banks", banks_of_rank);
  for (std::int32_t rank = 0; rank < shape.all_ranks(); ++rank)
    for (std::uint32_t kind = 0; kind < kKinds; ++kind) {
      const bool instead = kind == kInstead;
      sets_.push_back({0, instead ? DramCommand::precharge : static_cast<DramCommand>(kind), rank,
                       seat_of(rank * banks_of_rank, instead)});
    }
  for (std::int32_t bank = 0; bank < banks_; ++bank)
    for (const bool instead : {false, true}) {
      const BankPlace place = shape.place(bank);
      Seat& seat = seats_[seat_of(bank, instead)];
      seat.group = place.group;
      seat.bit = std::uint64_t{1} << (bank % banks_of_rank);
      seat.set = set_of(place.rank, DramCommand::precharge, instead);
    }
}

Contenders::Winner Contenders::winner(Cycles at, std::size_t seat) const {
  const auto index = static_cast<std::int32_t>(seat);
  const bool instead = index >= banks_;
  return {at, instead ? index - banks_ : index, instead};
}

Cycles Contenders::earliest(const Seat& seat, const TimingState& timing, Cycles now) const {
  const Set& set = sets_[seat.set];
  return later(later(seat.ready, now), later(timing.earliest_in_group(set.command, seat.group),
                                             timing.earliest_of_rank(set.command, set.rank)));
}

Contenders::Winner Contenders::first(const TimingState& timing, Cycles now) const {
  auto best_at = static_cast<std::uint64_t>(kNever.count());
  std::uint64_t best_priority = kLast, best_seat = seats_.size();
  const auto look = [&](const Set& set, Cycles gate) {
    for (std::uint64_t banks = set.banks; banks != 0; banks &= banks - 1) {
      const std::size_t index = set.seats + static_cast<std::size_t>(__builtin_ctzll(banks));
      const Seat& seat = seats_[index];
      const Cycles in_group = timing.earliest_in_group(set.command, seat.group);
      const auto at = static_cast<std::uint64_t>(later(later(seat.ready, gate), in_group).count());
      const bool wins = before(at, seat.priority, best_at, best_priority);
      best_at = pick(wins, at, best_at);
      best_priority = pick(wins, seat.priority, best_priority);
      best_seat = pick(wins, index, best_seat);
    }
  };
  // Backwards: column commands before those of rows, which are held back the most.
  for (auto set = sets_.rbegin(); set != sets_.rend(); ++set) {
    if (set->banks == 0) continue;
    const Cycles gate = later(timing.earliest_of_rank(set->command, set->rank), now);
    if (static_cast<std::uint64_t>(gate.count()) <= best_at) look(*set, gate);
  }
  if (best_seat == seats_.size()) return {};
  return winner(Cycles(static_cast<std::int64_t>(best_at)), best_seat);
}

Contenders::Winner Contenders::first_with(Winner winner, std::int32_t bank,
                                          const TimingState& timing, Cycles now) const {
  for (const bool instead : {false, true}) {
    const Seat& seat = seats_[seat_of(bank, instead)];
    if ((sets_[seat.set].banks & seat.bit) == 0) continue;
    const Cycles at = earliest(seat, timing, now);
    if (at < winner.at ||
        (at == winner.at && seat.priority < seats_[seat_of(winner.bank, winner.instead)].priority))
      winner = {at, bank, instead};
  }
  return winner;
}

Contenders::Winner Contenders::lowest(const TimingState& timing, Cycles now) const {
  Winner lowest, apart;
  std::uint64_t priority = kLast;
  for (const Set& set : sets_)
    for (std::uint64_t banks = set.banks; banks != 0; banks &= banks - 1) {
      const std::size_t index = set.seats + static_cast<std::size_t>(__builtin_ctzll(banks));
      const Seat& seat = seats_[index];
      const Cycles at = earliest(seat, timing, now);
      if (seat.priority == kLast && at < apart.at) apart = winner(at, index);
      if (seat.priority >= priority) continue;
      priority = seat.priority;
      lowest = winner(at, index);
    }
  return apart.at < lowest.at ? apart : lowest;
}

}  // namespace systolith
