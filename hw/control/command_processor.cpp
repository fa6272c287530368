#include "hw/control/command_processor.h"

#include <fmt/format.h>

#include "hw/base/error.h"
#include "hw/isa/validate.h"

namespace systolith {

void SyncUnit::step(Cycles now) {
  while (ready_head() != nullptr) {
    const Command command = pop();
    retire(command, now, now, {});
  }
  settle({}, now);
}

CommandProcessor::CommandProcessor(const sc_core::sc_module_name& name, CoreContext& context,
                                   std::int64_t queue_depth, CommandFetch fetch)
    : sc_module(name),
      sync("sync", context, queue_depth),
      context_(context),
      fetch_(std::move(fetch)) {
  context.calendar.enroll(*this);
}

void CommandProcessor::start_of_simulation() { context_.calendar.now(*this); }

void CommandProcessor::due() {
  try {
    step(context_.clock.now());
  } catch (...) {
    context_.run.failed(std::current_exception());
  }
}

void CommandProcessor::step(Cycles now) {
  if (holds_ && !dispatch(now)) return;
  held_ = Command{};
  switch (fetch_(held_)) {
    case Fetched::command:
      return hold(now);
    case Fetched::end:
      ended_ = true;
      break;
    case Fetched::nothing_yet:
      break;
  }
  activity_.enter(Cause::idle, now);
}

// False where the engine's queue is full.
bool CommandProcessor::dispatch(Cycles now) {
  CommandSink& to = sink(held_.engine());
  if (to.full()) {
    activity_.enter(Cause::queue_full, now);
    to.notify_space(*this);
    return false;
  }
  scoreboard->dispatched({held_.core, held_.index}, held_.engine());
  to.push(std::move(held_));
  holds_ = false;
  return true;
}

void CommandProcessor::hold(Cycles now) {
  try {
    check(held_);
  } catch (const UserError&) {
    context_.run.faulted(held_, std::current_exception());
    held_.operation = Sync{};
    held_.after.clear();
  }
  ++fetched_;
  holds_ = true;
  activity_.enter(Cause::busy, now);
  context_.calendar.at(*this, context_.clock.edge(now + Cycles(1)));
}

void CommandProcessor::check(const Command& command) const {
  if (command.index != fetched_ || command.core != context_.core)
    user_error("malformed program: core{} command {} is marked as core{} command {}",
               static_cast<int>(context_.core), fetched_, static_cast<int>(command.core),
               command.index);
  if (const auto defect = defect_of(command.operation))
    user_error("malformed program: core{} command {}: {}", static_cast<int>(command.core),
               command.index, *defect);
  for (const CommandRef ref : command.after) {
    if (static_cast<std::size_t>(ref.core) >= scoreboard->cores())
      user_error("malformed program: {} waits for core{}, but the machine has {} core(s)",
                 describe(command), static_cast<int>(ref.core), scoreboard->cores());
    if (ref.core == command.core && ref.index >= command.index)
      user_error("malformed program: {} waits for command {} of its own core, which is not earlier",
                 describe(command), ref.index);
  }
}

CommandSink& CommandProcessor::sink(Engine engine) {
  switch (engine) {
    case Engine::load:
      return *load.operator->();
    case Engine::store:
      return *store.operator->();
    case Engine::weights:
      return *weights.operator->();
    case Engine::array:
      return *array.operator->();
    case Engine::vector:
      return *vector.operator->();
    case Engine::control:
      return sync;
  }
  internal_error(__FILE__, __LINE__,
                 fmt::format("{}: engine {}", name(), static_cast<int>(engine)));
}

std::string CommandProcessor::describe_wait() const {
  if (!holds_) return {};
  return fmt::format("command {} ({}) waits for room in the {} queue", held_.index,
                     to_string(held_.opcode()), to_string(held_.engine()));
}

}  // namespace systolith
