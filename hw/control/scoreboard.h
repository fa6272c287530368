// Which commands have completed. Per core: all below the watermark, and a window of states above
// it; memory follows the commands in flight, not the program's length.
#pragma once

#include <optional>
#include <systemc>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

// Someone who waits for a command to complete.
class CompletionWaiter {
 public:
  virtual ~CompletionWaiter() = default;
  virtual void completed(CommandRef ref) = 0;
};

// The scoreboard as its users see it.
class CompletionBoard : public virtual sc_core::sc_interface {
 public:
  virtual std::size_t cores() const = 0;
  virtual bool is_complete(CommandRef ref) const = 0;
  // The engine that a dispatched, incomplete command is queued at; nothing where not dispatched.
  virtual std::optional<Engine> engine_of(CommandRef ref) const = 0;
  // Calls waiter.completed(ref) once. Requires: ref is not complete.
  virtual void wait(CommandRef ref, CompletionWaiter& waiter) = 0;

  virtual void dispatched(CommandRef ref, Engine engine) = 0;
  virtual void complete(CommandRef ref) = 0;
};

class Scoreboard final : public sc_core::sc_module, public CompletionBoard {
 public:
  Scoreboard(const sc_core::sc_module_name& name, std::size_t cores);

  std::size_t cores() const override { return cores_.size(); }
  bool is_complete(CommandRef ref) const override;
  std::optional<Engine> engine_of(CommandRef ref) const override;
  void wait(CommandRef ref, CompletionWaiter& waiter) override;
  void dispatched(CommandRef ref, Engine engine) override;
  void complete(CommandRef ref) override;

 private:
  struct Waiting {
    std::uint64_t index;
    CompletionWaiter* waiter;
  };
  struct Core {
    std::uint64_t watermark = 0;       // all below have completed
    std::uint64_t dispatched = 0;      // all below have been dispatched
    std::vector<std::uint8_t> window;  // ring of states, size a power of two
    std::vector<Waiting> waiting;

    std::uint8_t& state(std::uint64_t index) { return window[index & (window.size() - 1)]; }
    std::uint8_t state(std::uint64_t index) const { return window[index & (window.size() - 1)]; }
  };
  static constexpr std::uint8_t kComplete = 0xFF;  // other states are the engine's number

  static void grow(Core& core);
  Core& core(CommandRef ref) { return cores_.at(static_cast<std::size_t>(ref.core)); }
  const Core& core(CommandRef ref) const { return cores_.at(static_cast<std::size_t>(ref.core)); }

  std::vector<Core> cores_;
};

}  // namespace systolith
