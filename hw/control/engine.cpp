#include "hw/control/engine.h"

#include <fmt/format.h>

#include "hw/base/error.h"
#include "hw/control/cause_board.h"

namespace systolith {

EngineModule::EngineModule(const sc_core::sc_module_name& name, Engine engine, CoreContext& context,
                           std::int64_t queue_depth)
    : sc_module(name), context_(context), engine_(engine), queue_depth_(queue_depth) {
  SYSTOLITH_CHECK(queue_depth >= 1, "{}: queue depth {}", this->name(), queue_depth);
  context.calendar.enroll(*this);
  context.causes.attach(*this);
}

void EngineModule::due() {
  try {
    step(context_.clock.now());
  } catch (...) {
    context_.run.failed(std::current_exception());
  }
}

void EngineModule::push(Command&& command) {
  SYSTOLITH_CHECK(!full(), "{}: push to a full queue", name());
  queue_.push_back(std::move(command));
  ++queued_;
  if (queue_.size() == 1) wake_now();
}

void EngineModule::completed(CommandRef) {
  registered_ = false;
  wake_now();
}

const Command* EngineModule::ready_head() {
  while (!queue_.empty() && dependencies_complete()) {
    const Command& head = queue_.front();
    if (context_.run.stopped(head.tenant)) {
      discard_head();
      continue;
    }
    if (!checked_ && !passes([&] { check(head); })) continue;
    checked_ = true;
    return &head;
  }
  return nullptr;
}

bool EngineModule::dependencies_complete() {
  if (registered_) return false;
  const Command& head = queue_.front();
  while (satisfied_ < head.after.size() && scoreboard->is_complete(head.after[satisfied_]))
    ++satisfied_;
  if (satisfied_ == head.after.size()) return true;
  scoreboard->wait(head.after[satisfied_], *this);
  registered_ = true;
  return false;
}

void EngineModule::discard_head() {
  const Cycles now = context_.clock.now();
  const Command command = pop();
  retire(command, now, now, {});
}

Command EngineModule::pop() {
  Command command = std::move(queue_.front());
  queue_.pop_front();
  --queued_;
  satisfied_ = 0;
  checked_ = false;
  if (space_ != nullptr) context_.calendar.now(*std::exchange(space_, nullptr));
  return command;
}

void EngineModule::retire(const Command& command, Cycles start, Cycles finish,
                          const CommandWork& work) {
  context_.run.retired(command, start, finish, work);
  scoreboard->complete({command.core, command.index});
}

void EngineModule::settle(Standing standing, Cycles now) {
  if (registered_ && standing.wait == Standing::Wait::none) {
    const CommandRef ref = queue_.front().after[satisfied_];
    standing.wait = ref.core == context_.core ? Standing::Wait::engine : Standing::Wait::other_core;
    if (const auto on = scoreboard->engine_of(ref); on && ref.core == context_.core)
      standing.on = *on;
  }
  if (standing == standing_) return;
  standing_ = standing;
  context_.causes.update(now);
}

std::string EngineModule::describe_wait() const {
  if (queue_.empty()) return {};
  const Command& head = queue_.front();
  std::string text = fmt::format("command {} ({})", head.index, to_string(head.opcode()));
  if (satisfied_ < head.after.size()) {
    const CommandRef ref = head.after[satisfied_];
    return text +
           fmt::format(" waits for command {} of core{}", ref.index, static_cast<int>(ref.core));
  }
  if (standing_.wait == Standing::Wait::engine)
    return text + fmt::format(" waits for the {} engine", to_string(standing_.on));
  return text + " has not started";
}

std::string describe(const Command& command) {
  return fmt::format("core{} command {} ({})", static_cast<int>(command.core), command.index,
                     to_string(command.opcode()));
}

}  // namespace systolith
