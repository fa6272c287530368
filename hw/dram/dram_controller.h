// One DRAM channel: read and write queues, scheduler, page and refresh policy, timing. Plain C++
// and event driven: it jumps from one command to the next; cycles are the DRAM's command clock.
//
// Writes are posted: accepted, they are as good as done, and a read of the same burst is answered
// from the queue one clock later. They are served when no read waits, or when more than write_high
// wait, then until write_low are left. A read's answer comes
//
//   at   the clock of its RD + CL (+ DQSCK) + burst cycles
//
// so that a lone read of an open row takes CL + burst cycles from its arrival on, of a closed row
// RCD more, of a row behind another open one RP + RCD more.
//
// At one clock, arrivals come first, then refresh, then the other commands by priority.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "hw/arch/dram_energy.h"
#include "hw/arch/dram_mapping.h"
#include "hw/dram/active_time.h"
#include "hw/dram/contenders.h"
#include "hw/dram/dram_device.h"
#include "hw/dram/page_policy.h"
#include "hw/dram/refresh_policy.h"
#include "hw/dram/scheduler.h"
#include "hw/dram/waiting_requests.h"

namespace systolith {

struct DramCounters {
  std::array<std::int64_t, kDramCommands> commands{};
  std::int64_t reads = 0, writes = 0;  // bursts accepted
  std::int64_t forwarded = 0;          // reads answered from the write queue
  // Bursts that found their row open, and those for which it was opened.
  std::int64_t row_hits = 0, row_misses = 0;
  // Clocks of the ranks, as DramEvents has them.
  std::int64_t active_clocks = 0, idle_clocks = 0;

  DramCounters& operator+=(const DramCounters& other);
  DramEvents events() const;
};

// Sees every command. `bank` is counted through the channel; of a command to a rank, its first.
class DramCommandObserver {
 public:
  virtual ~DramCommandObserver() = default;
  virtual void issued(DramCommand command, std::int32_t bank, std::int64_t row, Cycles at) = 0;
};

class DramController {
 public:
  static constexpr Cycles kNever = Contenders::kNever;

  // Throws UserError: what the device, the mapping or the policies refuse.
  explicit DramController(const DramConfig& dram);

  // False where the queue is full, or where a write would overtake a read of the same burst.
  bool accepts(const DramRequest& request) const;
  // Requires: accepts(request); now is not before an earlier accept() or step().
  void accept(const DramRequest& request, Cycles now);

  // When the next command for a waiting request, or in its way, is due; kNever where none waits.
  Cycles next() { return waiting_.empty() ? kNever : choice().at; }
  // Carries out what is due at next(). Requires: next() != kNever.
  void step();

  // Carries out what falls due before `end` of a run, and counts the ranks' clocks up to there. To
  // be called once, when no more requests come.
  void settle(Cycles end);

  // Of reads, by time, from their command on, so that they may lie in the future; the caller takes
  // them out.
  std::deque<DramAnswer>& answers() { return answers_; }
  const DramCounters& counters() const { return counters_; }
  const WaitingRequests& waiting() const { return waiting_; }
  // The end of the last data on the bus.
  Cycles data_end() const { return data_end_; }
  const DramDevice& device() const { return device_; }

  void observe(DramCommandObserver* observer) { observer_ = observer; }

 private:
  struct Bank {
    BankPlace place;
    std::int64_t open_row = Scheduler::kNoRow;
    Waiting* opened_for = nullptr;  // not served yet
    Cycles last_access;
    bool blocked = false;  // by a refresh
    Cycles blocked_since, refresh_spent;
    // What it would do next, if it contends, and for whom.
    DramCommand command{};
    Waiting* request = nullptr;
  };
  struct Refresh {  // of a rank
    Cycles due;
    std::size_t turn = 0;
    bool begun = false;
  };
  enum class Action : std::int32_t { serve_bank, begin_refresh, refresh };
  struct Choice {
    Cycles at = kNever;
    Action action = Action::serve_bank;  // of winner_
    std::int32_t rank = 0;               // that is refreshed
  };

  const Choice& choice();
  void choose_refresh();
  void note_refreshes();
  DramCommand refresh_command(std::int32_t rank, std::int32_t& bank) const;
  Cycles refresh_ready(std::int32_t rank) const;

  void catch_up(Cycles now);
  void skip_rounds(Cycles now);
  void serve(const Contenders::Winner& winner);
  void finish_access(Bank& bank);
  void begin_refresh(std::int32_t rank);
  void refresh(std::int32_t rank);
  void end_refresh(std::int32_t rank);
  void close(Bank& bank, Cycles at);
  ActiveTime& activity(const Bank& bank);
  void spend_refresh(std::int32_t rank);
  Cycles refresh_clocks() const;
  bool changes_mode() const;
  void review_mode(Bank& changed);
  void reconsider(Bank& bank);
  Scheduler::Work work_for(const Bank& bank) const;
  void contend(Bank& bank, DramCommand command, std::uint64_t priority, Cycles not_before,
               bool instead);
  DramCommand next_command(const Bank& bank) const;
  bool only_one_for_its_row(const Waiting& request) const;
  std::int32_t bank_of(const DramPlace& place) const;
  Cycles writes_spent(Cycles now) const;
  DramWait wait_of(const Waiting& request) const;
  void count(DramCommand command, std::int32_t bank, std::int64_t row);

  template <class Visit>
  void for_banks_of_turn(std::int32_t rank, Visit visit) const;

  DramDevice device_;
  DramMapping mapping_;  // of what is left without the channel
  int burst_shift_;
  std::int64_t write_high_, write_low_;
  Cycles read_latency_, write_latency_;
  std::unique_ptr<Scheduler> scheduler_;
  bool one_at_a_time_;
  PagePolicy page_;
  RefreshPlan plan_;
  TimingState timing_;
  WaitingRequests waiting_;
  std::vector<Bank> banks_;
  Contenders contenders_;
  std::vector<Refresh> refreshes_;  // per rank
  std::vector<ActiveTime> active_;  // per rank
  bool writing_ = false;
  Cycles writing_since_, writing_spent_;  // the latter but for the present stretch
  bool chosen_ = false;                   // choice_ holds
  Choice choice_;
  Contenders::Winner winner_;  // of the banks
  Cycles next_refresh_ = kNever;
  Cycles now_, data_end_;
  std::deque<DramAnswer> answers_;
  DramCounters counters_;
  DramCommandObserver* observer_ = nullptr;
};

}  // namespace systolith
