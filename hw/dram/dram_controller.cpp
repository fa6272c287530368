#include "hw/dram/dram_controller.h"

#include <algorithm>

namespace systolith {
namespace {

// The commands that a channel with these policies ever issues.
CommandSet used_commands(const PagePolicy& page, const RefreshPlan& plan) {
  CommandSet used;
  used.set();
  const auto drop = [&](DramCommand command) { used.reset(static_cast<std::size_t>(command)); };
  if (!page.with_last_access) drop(DramCommand::read_precharge), drop(DramCommand::write_precharge);
  if (plan.command != DramCommand::refresh_bank) drop(DramCommand::refresh_bank);
  if (plan.command != DramCommand::refresh_all)
    drop(DramCommand::refresh_all), drop(DramCommand::precharge_all);
  return used;
}

int shift_of(Bytes power_of_two) {
  int shift = 0;
  while (std::int64_t{1} << shift < power_of_two.count()) ++shift;
  return shift;
}

// The rules may reach back to the last refreshes; longer than a round takes none of them.
constexpr std::int64_t kRoundsToReplay = 2;

}  // namespace

DramCounters& DramCounters::operator+=(const DramCounters& other) {
  for (std::size_t i = 0; i < kDramCommands; ++i) commands[i] += other.commands[i];
  reads += other.reads, writes += other.writes, forwarded += other.forwarded;
  row_hits += other.row_hits, row_misses += other.row_misses;
  active_clocks += other.active_clocks, idle_clocks += other.idle_clocks;
  return *this;
}

DramEvents DramCounters::events() const {
  const auto issued = [&](DramCommand c) { return commands[static_cast<std::size_t>(c)]; };
  return {issued(DramCommand::activate),
          issued(DramCommand::read) + issued(DramCommand::read_precharge),
          issued(DramCommand::write) + issued(DramCommand::write_precharge),
          issued(DramCommand::refresh_all),
          issued(DramCommand::refresh_bank),
          active_clocks,
          idle_clocks};
}

DramController::DramController(const DramConfig& dram)
    : device_(dram),
      mapping_(DramMapping(dram.mapping, dram.extents()).without(DramField::channel)),
      burst_shift_(shift_of(dram.burst())),
      write_high_(dram.write_high),
      write_low_(dram.write_low),
      read_latency_(device_.read_latency()),
      write_latency_(device_.write_latency()),
      scheduler_(registration<Scheduler>(dram.scheduler).create()),
      one_at_a_time_(scheduler_->one_at_a_time()),
      page_(registration<PagePolicy>(dram.page).create(dram)),
      plan_(registration<RefreshPolicy>(dram.refresh).create(device_)),
      timing_(device_.timing_state(used_commands(page_, plan_))),
      waiting_(dram.read_queue, dram.write_queue, device_.shape.all_banks()),
      banks_(static_cast<std::size_t>(device_.shape.all_banks())),
      contenders_(device_.shape),
      active_(static_cast<std::size_t>(device_.shape.all_ranks())) {
  for (std::size_t i = 0; i < banks_.size(); ++i)
    banks_[i].place = device_.shape.place(static_cast<std::int32_t>(i));
  if (plan_.interval == Cycles(0)) return;
  const std::int32_t ranks = device_.shape.all_ranks();  // they take turns
  for (std::int32_t rank = 0; rank < ranks; ++rank)
    refreshes_.push_back({plan_.interval * (rank + 1) / ranks});
  note_refreshes();
}

bool DramController::accepts(const DramRequest& request) const {
  if (waiting_.full(request.write)) return false;
  const std::uint64_t burst = request.address >> burst_shift_;
  return !request.write || !waiting_.may_hold(false, burst) ||
         waiting_.find(false, bank_of(mapping_.place(request.address)), burst) == nullptr;
}

void DramController::accept(const DramRequest& request, Cycles now) {
  catch_up(now);
  now_ = now;
  const DramPlace place = mapping_.place(request.address);
  const std::int32_t bank = bank_of(place);
  const std::uint64_t burst = request.address >> burst_shift_;
  ++(request.write ? counters_.writes : counters_.reads);
  if (!request.write && waiting_.find(true, bank, burst) != nullptr) {
    ++counters_.forwarded;
    const DramAnswer answer{request.tag, now + Cycles(1)};
    const auto after = [](const DramAnswer& a, const DramAnswer& b) { return a.at < b.at; };
    answers_.insert(std::upper_bound(answers_.begin(), answers_.end(), answer, after), answer);
    return;
  }
  Waiting& added = waiting_.add(request, bank, get(place, DramField::row), burst);
  added.priority = scheduler_->priority(added);
  added.refresh_before = banks_[static_cast<std::size_t>(bank)].refresh_spent;
  added.writes_before = writes_spent(now);
  const bool others_stand = !changes_mode() && !one_at_a_time_ && winner_.bank != bank;
  review_mode(banks_[static_cast<std::size_t>(bank)]);
  if (!others_stand) return;
  winner_ = contenders_.first_with(winner_, bank, timing_, now_);
  if (winner_.at < choice_.at) choice_ = {winner_.at, Action::serve_bank};
  chosen_ = true;
}

std::int32_t DramController::bank_of(const DramPlace& place) const {
  const ChannelShape& shape = device_.shape;
  const auto at = [&](DramField field) { return static_cast<std::int32_t>(get(place, field)); };
  const std::int32_t rank = at(DramField::pseudochannel) * shape.ranks + at(DramField::rank);
  return (rank * shape.groups + at(DramField::bankgroup)) * shape.banks + at(DramField::bank);
}

// What falls due while nothing waits.
void DramController::catch_up(Cycles now) {
  const Cycles round = plan_.interval * static_cast<std::int64_t>(plan_.turns.size());
  while (choice().at < now) {
    step();
    if (waiting_.empty() && now - next_refresh_ > round * (kRoundsToReplay + 1)) skip_rounds(now);
  }
}

// Where all banks are closed, whole rounds of refreshes leave nothing behind but their count.
void DramController::skip_rounds(Cycles now) {
  const auto resting = [](const Bank& bank) {
    return bank.open_row == Scheduler::kNoRow && !bank.blocked;
  };
  if (!std::all_of(banks_.begin(), banks_.end(), resting)) return;
  const auto turns = static_cast<std::int64_t>(plan_.turns.size());
  for (std::size_t rank = 0; rank < refreshes_.size(); ++rank) {
    Refresh& refresh = refreshes_[rank];
    const std::int64_t rounds = (now - refresh.due) / (plan_.interval * turns) - kRoundsToReplay;
    if (rounds <= 0) continue;
    refresh.due += plan_.interval * turns * rounds;
    counters_.commands[static_cast<std::size_t>(plan_.command)] += rounds * turns;
    active_[rank].add(std::min(refresh_clocks(), plan_.interval) * (rounds * turns));
  }
  note_refreshes();
  chosen_ = false;
}

// Nothing but banks needs a look before next_refresh_.
void DramController::note_refreshes() {
  next_refresh_ = kNever;
  for (const Refresh& refresh : refreshes_)
    next_refresh_ = std::min(next_refresh_, refresh.begun ? Cycles(0) : refresh.due);
}

const DramController::Choice& DramController::choice() {
  if (chosen_) return choice_;
  chosen_ = true;
  winner_ = one_at_a_time_ ? contenders_.lowest(timing_, now_) : contenders_.first(timing_, now_);
  choice_ = {winner_.at, Action::serve_bank};
  if (next_refresh_ <= winner_.at) choose_refresh();
  return choice_;
}

void DramController::choose_refresh() {
  for (std::size_t i = 0; i < refreshes_.size(); ++i) {
    const Refresh& refresh = refreshes_[i];
    const auto rank = static_cast<std::int32_t>(i);
    const Cycles at = later(refresh.begun ? refresh_ready(rank) : refresh.due, now_);
    const bool first = choice_.action == Action::serve_bank ? at <= choice_.at : at < choice_.at;
    if (first) choice_ = {at, refresh.begun ? Action::refresh : Action::begin_refresh, rank};
  }
}

void DramController::step() {
  const Choice choice = this->choice();
  chosen_ = false;
  now_ = choice.at;
  switch (choice.action) {
    case Action::serve_bank:
      return serve(winner_);
    case Action::begin_refresh:
      return begin_refresh(choice.rank);
    case Action::refresh:
      return refresh(choice.rank);
  }
}

void DramController::serve(const Contenders::Winner& winner) {
  Bank& bank = banks_[static_cast<std::size_t>(winner.bank)];
  const DramCommand command = winner.instead ? DramCommand::precharge : bank.command;
  timing_.issue(command, bank.place, now_);
  const bool opens = command == DramCommand::activate;
  count(command, winner.bank, opens ? bank.request->row : bank.open_row);
  if (is_column(command)) return finish_access(bank);
  if (bank.request != nullptr && bank.request->row_since < Cycles(0))
    bank.request->row_since = now_;
  if (opens) {
    bank.open_row = bank.request->row;
    bank.opened_for = bank.request;
    bank.request->opened = true;
    activity(bank).begin(now_);
  } else {
    close(bank, now_);
  }
  reconsider(bank);
}

void DramController::finish_access(Bank& bank) {
  Waiting& done = *bank.request;
  ++(done.opened ? counters_.row_misses : counters_.row_hits);
  const Cycles end = now_ + (done.write ? write_latency_ : read_latency_);
  data_end_ = later(data_end_, end);
  if (!done.write) answers_.push_back({done.tag, end, wait_of(done)});
  bank.last_access = now_;
  if (bank.opened_for == &done) bank.opened_for = nullptr;
  if (bank.command == DramCommand::read_precharge || bank.command == DramCommand::write_precharge)
    close(bank, timing_.earliest_in_bank(DramCommand::activate, bank.place.bank) -
                    device_.timings[Timing::RP]);
  waiting_.remove(done);
  review_mode(bank);
}

void DramController::close(Bank& bank, Cycles at) {
  if (bank.open_row != Scheduler::kNoRow) activity(bank).end(at);
  bank.open_row = Scheduler::kNoRow;
  bank.opened_for = nullptr;
}

ActiveTime& DramController::activity(const Bank& bank) {
  return active_[static_cast<std::size_t>(bank.place.rank)];
}

void DramController::settle(Cycles end) {
  catch_up(end);
  const Cycles until = later(end, now_);
  for (const ActiveTime& rank : active_) {
    const Cycles active = rank.total(until);
    counters_.active_clocks += active.count();
    counters_.idle_clocks += (until - active).count();
  }
}

// Whether the queues call for the other one to be served.
bool DramController::changes_mode() const {
  if (writing_) return waiting_.writes() <= write_low_ && waiting_.reads() != 0;
  return waiting_.writes() > write_high_ || (waiting_.reads() == 0 && waiting_.writes() != 0);
}

// After a request came or went: what its bank does next, or every bank of the other queue.
void DramController::review_mode(Bank& changed) {
  if (!changes_mode()) return reconsider(changed);
  if (writing_) writing_spent_ += now_ - writing_since_;
  writing_ = !writing_;
  writing_since_ = now_;
  for (Bank& bank : banks_)
    if (&bank == &changed || waiting_.any(bank.place.bank)) reconsider(bank);
}

void DramController::reconsider(Bank& bank) {
  chosen_ = false;
  bool first = false, instead = false;
  if (!bank.blocked) {
    const Scheduler::Work work = work_for(bank);
    bank.request = work.first;
    first = work.first != nullptr;
    instead = work.instead != nullptr;
    if (first) contend(bank, next_command(bank), work.first->priority, now_, false);
    if (instead) contend(bank, DramCommand::precharge, work.instead->priority, now_, true);
    if (!first && page_.after != PagePolicy::kNever && bank.open_row != Scheduler::kNoRow) {
      contend(bank, DramCommand::precharge, Contenders::kLast, bank.last_access + page_.after,
              false);
      first = true;
    }
  }
  if (!first) contenders_.clear(bank.place.bank, false);
  if (!instead) contenders_.clear(bank.place.bank, true);
}

// A row that was opened for a request stays for it, whichever queue is served meanwhile.
Scheduler::Work DramController::work_for(const Bank& bank) const {
  const WaitingList& list = waiting_.list(writing_, bank.place.bank);
  if (list.empty()) return {bank.opened_for};
  const Scheduler::Work work = scheduler_->choose(list, bank.open_row);
  if (bank.opened_for == nullptr) return work;
  return {work.first->row == bank.open_row ? work.first : bank.opened_for};
}

DramCommand DramController::next_command(const Bank& bank) const {
  if (bank.open_row == Scheduler::kNoRow) return DramCommand::activate;
  if (bank.open_row != bank.request->row) return DramCommand::precharge;
  const bool last = page_.with_last_access && only_one_for_its_row(*bank.request);
  if (bank.request->write) return last ? DramCommand::write_precharge : DramCommand::write;
  return last ? DramCommand::read_precharge : DramCommand::read;
}

bool DramController::only_one_for_its_row(const Waiting& request) const {
  for (const bool kind : {false, true})
    for (const Waiting* other = waiting_.list(kind, request.bank).first; other != nullptr;
         other = other->next)
      if (other != &request && other->row == request.row) return false;
  return true;
}

void DramController::contend(Bank& bank, DramCommand command, std::uint64_t priority,
                             Cycles not_before, bool instead) {
  if (!instead) bank.command = command;
  const Cycles ready = later(timing_.earliest_in_bank(command, bank.place.bank), not_before);
  contenders_.set(bank.place, command, instead, ready, priority);
}

// From the beginning on.
Cycles DramController::writes_spent(Cycles now) const {
  return writing_ ? writing_spent_ + (now - writing_since_) : writing_spent_;
}

DramWait DramController::wait_of(const Waiting& request) const {
  const Bank& bank = banks_[static_cast<std::size_t>(request.bank)];
  return {request.opened ? now_ - request.row_since : Cycles(0),
          bank.refresh_spent - request.refresh_before, writes_spent(now_) - request.writes_before};
}

void DramController::count(DramCommand command, std::int32_t bank, std::int64_t row) {
  ++counters_.commands[static_cast<std::size_t>(command)];
  if (observer_ != nullptr) observer_->issued(command, bank, row, now_);
}

}  // namespace systolith
