// What the engines of a core have in common: a bounded in-order queue of commands, the wait for
// the head's dependencies, and the account of where the cycles go.
#pragma once

#include <algorithm>
#include <deque>
#include <exception>
#include <string>
#include <systemc>

#include "hw/base/activity.h"
#include "hw/base/error.h"
#include "hw/control/calendar.h"
#include "hw/control/edge_clock.h"
#include "hw/control/scoreboard.h"
#include "hw/isa/command.h"

namespace systolith {

class CauseBoard;

// What one command did, for the layer table.
struct CommandWork {
  std::int64_t macs = 0;
  std::int64_t mac_slots = 0;  // PE cycles that the products take when all PEs do their best
  std::int64_t array_busy = 0, vector_busy = 0;  // core cycles
  std::int64_t load_bytes = 0, store_bytes = 0;
  std::int64_t dram_bytes = 0;
  std::int64_t scratchpad_bytes = 0;  // read and written, in whole words
};

// The run, as the engines see it.
class RunMonitor {
 public:
  virtual ~RunMonitor() = default;
  virtual void retired(const Command& command, Cycles start, Cycles finish,
                       const CommandWork& work) = 0;
  // A tenant's command was refused: it reaches outside its part of the machine, or is malformed.
  // Either throws the failure on, which ends the run, or stops the tenant.
  virtual void faulted(const Command&, std::exception_ptr failure) {
    std::rethrow_exception(failure);
  }
  // What is queued of a stopped tenant is retired without effect.
  virtual bool stopped(TenantId) const { return false; }
  // Stops the run; the first failure is rethrown to the caller. (The kernel would turn an exception
  // that leaves a process into a report of its own.)
  virtual void failed(std::exception_ptr failure) = 0;
};

// What the blocks of one core share. Outlives them.
struct CoreContext {
  CoreId core{};
  EdgeClock clock;  // of the core
  bool values = false;
  bool traced = false;  // a waveform is written: states must be exact at every edge
  RunMonitor& run;
  CauseBoard& causes;
  Calendar& calendar;
};

// Where the command processor puts commands.
class CommandSink : public virtual sc_core::sc_interface {
 public:
  virtual bool full() const = 0;
  virtual void push(Command&& command) = 0;
  // Makes `waiter` due once, in the round after the next command leaves the queue.
  virtual void notify_space(Calendar::Entry& waiter) = 0;
};

// What an engine is doing, from which causes follow (hw/control/cause_board.h).
struct Standing {
  enum class Wait : std::uint8_t { none, engine, other_core };

  bool progressing = false;    // has a command in flight that needs no one else
  Cause own = Cause::idle;     // of a progressing engine
  bool wait_prevails = false;  // progressing, but its waiting head decides its own cause
  Wait wait = Wait::none;      // why the head of the queue cannot start
  Engine on{};                 // of this core, with Wait::engine

  friend bool operator==(const Standing& a, const Standing& b) {
    return a.progressing == b.progressing && a.own == b.own && a.wait_prevails == b.wait_prevails &&
           a.wait == b.wait && a.on == b.on;
  }
};

class EngineModule : public sc_core::sc_module,
                     public CommandSink,
                     public CompletionWaiter,
                     public Calendar::Entry {
 public:
  sc_core::sc_port<CompletionBoard> scoreboard{"scoreboard"};

  EngineModule(const sc_core::sc_module_name& name, Engine engine, CoreContext& context,
               std::int64_t queue_depth);

  bool full() const final { return static_cast<std::int64_t>(queue_.size()) >= queue_depth_; }
  void push(Command&& command) final;
  void notify_space(Calendar::Entry& waiter) final { space_ = &waiter; }
  void completed(CommandRef ref) final;

  Engine engine() const { return engine_; }
  const Standing& standing() const { return standing_; }
  // What another engine of the core that waits for this one is held back by.
  virtual Cause blame() const = 0;
  Activity& activity() { return activity_; }
  const Activity& activity() const { return activity_; }
  const std::uint32_t& queued() const { return queued_; }  // a waveform watches it in place
  // "command 12 (matmul) waits for core0 command 7"; empty where nothing is queued.
  std::string describe_wait() const;
  // Its tenant may have been stopped: looks at the head of the queue again.
  void reconsider() { wake_now(); }

 protected:
  // Does whatever is due at core cycle `now`, an edge, and schedules the next call.
  virtual void step(Cycles now) = 0;

  // Throws UserError where the command must not run: it reaches outside its tenant's memory.
  // Called once its dependencies have completed, before anything of it is done.
  virtual void check(const Command&) {}

  // The head of the queue, once its dependencies have completed and where it may run; else null,
  // and step() is called again when they have.
  const Command* ready_head();
  // False where `check` throws UserError; the head is then refused and gone.
  template <class Check>
  bool passes(Check check) {
    try {
      check();
      return true;
    } catch (const UserError&) {
      context_.run.faulted(queue_.front(), std::current_exception());
      discard_head();
      return false;
    }
  }
  // The head of the queue, ready or not; null where it is empty.
  const Command* head() const { return queue_.empty() ? nullptr : &queue_.front(); }
  // Whether `matches` of any command in the queue.
  template <class Predicate>
  bool any_queued(Predicate matches) const {
    return std::any_of(queue_.begin(), queue_.end(), matches);
  }
  // Takes the head.
  Command pop();
  void retire(const Command& command, Cycles start, Cycles finish, const CommandWork& work);
  void wake_at(Cycles edge) { context_.calendar.at(*this, context_.clock.edge(edge)); }
  void wake_now() { context_.calendar.now(*this); }
  // The standing from the engine's own state; the wait for the head's dependencies is added.
  void settle(Standing standing, Cycles now);

  CoreContext& context_;

 private:
  void due() final;
  bool dependencies_complete();
  void discard_head();

  Engine engine_;
  std::int64_t queue_depth_;
  std::deque<Command> queue_;
  std::uint32_t queued_ = 0;  // queue_.size()
  Calendar::Entry* space_ = nullptr;
  std::size_t satisfied_ = 0;  // dependencies of the head known to have completed
  bool registered_ = false;    // at the scoreboard, for the next one
  bool checked_ = false;       // the head
  Standing standing_;
  Activity activity_;
};

// "load 12 of core0".
std::string describe(const Command& command);

}  // namespace systolith
