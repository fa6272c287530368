// Takes a core's commands from the program in order, one per core cycle, and puts each into its
// engine's queue in the cycle after; a full queue stalls all that follow.
//
//   cycle   0      1      2      3
//           take 0 push 0
//                  take 1 push 1 ...
#pragma once

#include <array>
#include <functional>
#include <systemc>

#include "hw/control/engine.h"

namespace systolith {

// The next command of the core's stream, if it is there.
enum class Fetched : std::uint8_t { command, nothing_yet, end };
using CommandFetch = std::function<Fetched(Command&)>;

// Retires Sync commands once all that they wait for has completed.
class SyncUnit final : public EngineModule {
 public:
  SyncUnit(const sc_core::sc_module_name& name, CoreContext& context, std::int64_t queue_depth)
      : EngineModule(name, Engine::control, context, queue_depth) {}
  Cause blame() const override { return Cause::sync; }

 private:
  void step(Cycles now) override;
};

class CommandProcessor final : public sc_core::sc_module, public Calendar::Entry {
 public:
  sc_core::sc_port<CompletionBoard> scoreboard{"scoreboard"};
  sc_core::sc_port<CommandSink> load{"load"};
  sc_core::sc_port<CommandSink> store{"store"};
  sc_core::sc_port<CommandSink> weights{"weights"};
  sc_core::sc_port<CommandSink> array{"array"};
  sc_core::sc_port<CommandSink> vector{"vector"};
  SyncUnit sync;

  CommandProcessor(const sc_core::sc_module_name& name, CoreContext& context,
                   std::int64_t queue_depth, CommandFetch fetch);

  Activity& activity() { return activity_; }
  const Activity& activity() const { return activity_; }
  bool ended() const { return ended_; }
  // There may be a command again where there was nothing yet.
  void resume() {
    if (!holds_) context_.calendar.now(*this);
  }
  std::uint64_t fetched() const { return fetched_; }
  // "command 12 (load) waits for room in the load queue"; empty where it is not stalled.
  std::string describe_wait() const;

 private:
  void start_of_simulation() override;
  void due() override;
  void step(Cycles now);
  bool dispatch(Cycles now);
  void hold(Cycles now);
  void check(const Command& command) const;
  CommandSink& sink(Engine engine);

  CoreContext& context_;
  CommandFetch fetch_;
  Command held_;
  bool holds_ = false;
  bool ended_ = false;
  std::uint64_t fetched_ = 0;
  Activity activity_;
};

}  // namespace systolith
