// A rank's refresh, from the clock that it is due on: its banks take no new commands; those open
// are precharged as soon as they may be; then it is refreshed.
#include <algorithm>

#include "hw/dram/dram_controller.h"

namespace systolith {

template <class Visit>
void DramController::for_banks_of_turn(std::int32_t rank, Visit visit) const {
  const std::int32_t first = rank * device_.shape.banks_of_rank();
  const std::size_t turn = refreshes_[static_cast<std::size_t>(rank)].turn;
  for (const std::int32_t bank : plan_.turns[turn]) visit(first + bank);
}

void DramController::begin_refresh(std::int32_t rank) {
  refreshes_[static_cast<std::size_t>(rank)].begun = true;
  for_banks_of_turn(rank, [&](std::int32_t index) {
    Bank& bank = banks_[static_cast<std::size_t>(index)];
    bank.blocked = true;
    bank.blocked_since = now_;
    reconsider(bank);
  });
  note_refreshes();
}

// The rank's next command. `bank`: the bank that it goes to, if not to several.
DramCommand DramController::refresh_command(std::int32_t rank, std::int32_t& bank) const {
  std::int32_t open = -1;
  for_banks_of_turn(rank, [&](std::int32_t index) {
    bank = index;
    if (banks_[static_cast<std::size_t>(index)].open_row != Scheduler::kNoRow) open = index;
  });
  if (open < 0) return plan_.command;
  bank = open;
  return plan_.command == DramCommand::refresh_all ? DramCommand::precharge_all
                                                   : DramCommand::precharge;
}

Cycles DramController::refresh_ready(std::int32_t rank) const {
  std::int32_t bank = 0;
  const DramCommand command = refresh_command(rank, bank);
  if (is_rank_wide(command)) return timing_.earliest_of_rank(command, rank);
  const auto earliest = [&](std::int32_t index) {
    return timing_.earliest(command, banks_[static_cast<std::size_t>(index)].place);
  };
  if (command == DramCommand::precharge) return earliest(bank);
  Cycles ready;
  for_banks_of_turn(rank, [&](std::int32_t index) { ready = std::max(ready, earliest(index)); });
  return ready;
}

void DramController::refresh(std::int32_t rank) {
  std::int32_t bank = 0;
  const DramCommand command = refresh_command(rank, bank);
  const bool one_bank = command == DramCommand::precharge;
  if (is_rank_wide(command))
    timing_.issue_to_rank(command, rank, now_);
  else
    timing_.issue(command, banks_[static_cast<std::size_t>(bank)].place, now_);
  count(command, is_rank_wide(command) ? rank * device_.shape.banks_of_rank() : bank,
        Scheduler::kNoRow);
  if (one_bank) return close(banks_[static_cast<std::size_t>(bank)], now_);
  for_banks_of_turn(rank, [&](std::int32_t index) {
    close(banks_[static_cast<std::size_t>(index)], now_);
    if (command == DramCommand::refresh_bank && index != bank)
      timing_.add_bank(command, index, now_);
  });
  if (command != plan_.command) return;
  spend_refresh(rank);
  end_refresh(rank);
}

Cycles DramController::refresh_clocks() const {
  return device_.timings[plan_.command == DramCommand::refresh_all ? Timing::RFC : Timing::RFCB];
}

void DramController::spend_refresh(std::int32_t rank) {
  ActiveTime& active = active_[static_cast<std::size_t>(rank)];
  active.begin(now_);
  active.end(now_ + refresh_clocks());
}

void DramController::end_refresh(std::int32_t rank) {
  for_banks_of_turn(rank, [&](std::int32_t index) {
    Bank& bank = banks_[static_cast<std::size_t>(index)];
    bank.blocked = false;
    bank.refresh_spent += now_ - bank.blocked_since + plan_.duration;
    reconsider(bank);
  });
  Refresh& refresh = refreshes_[static_cast<std::size_t>(rank)];
  refresh.begun = false;
  refresh.due += plan_.interval;
  refresh.turn = (refresh.turn + 1) % plan_.turns.size();
  note_refreshes();
}

}  // namespace systolith
