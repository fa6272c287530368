#include "hw/control/scoreboard.h"

#include "hw/base/error.h"

namespace systolith {

Scoreboard::Scoreboard(const sc_core::sc_module_name& name, std::size_t cores)
    : sc_module(name), cores_(cores) {
  constexpr std::size_t kInitialWindow = 256;
  for (Core& c : cores_) c.window.resize(kInitialWindow);
}

bool Scoreboard::is_complete(CommandRef ref) const {
  const Core& c = core(ref);
  return ref.index < c.watermark || (ref.index < c.dispatched && c.state(ref.index) == kComplete);
}

std::optional<Engine> Scoreboard::engine_of(CommandRef ref) const {
  const Core& c = core(ref);
  if (ref.index < c.watermark || ref.index >= c.dispatched) return std::nullopt;
  const std::uint8_t state = c.state(ref.index);
  if (state == kComplete) return std::nullopt;
  return static_cast<Engine>(state);
}

void Scoreboard::wait(CommandRef ref, CompletionWaiter& waiter) {
  core(ref).waiting.push_back({ref.index, &waiter});
}

void Scoreboard::dispatched(CommandRef ref, Engine engine) {
  Core& c = core(ref);
  SYSTOLITH_CHECK(ref.index == c.dispatched, "command {} dispatched after {}", ref.index,
                  c.dispatched);
  if (c.dispatched - c.watermark == c.window.size()) grow(c);
  c.state(ref.index) = static_cast<std::uint8_t>(engine);
  ++c.dispatched;
}

void Scoreboard::grow(Core& core) {
  std::vector<std::uint8_t> larger(core.window.size() * 2);
  for (std::uint64_t i = core.watermark; i < core.dispatched; ++i)
    larger[i & (larger.size() - 1)] = core.state(i);
  core.window.swap(larger);
}

void Scoreboard::complete(CommandRef ref) {
  Core& c = core(ref);
  SYSTOLITH_CHECK(
      ref.index >= c.watermark && ref.index < c.dispatched && c.state(ref.index) != kComplete,
      "command {} completes twice or undispatched", ref.index);
  c.state(ref.index) = kComplete;
  while (c.watermark < c.dispatched && c.state(c.watermark) == kComplete) ++c.watermark;
  for (std::size_t i = 0; i < c.waiting.size();) {
    if (c.waiting[i].index != ref.index) {
      ++i;
      continue;
    }
    CompletionWaiter* waiter = c.waiting[i].waiter;
    c.waiting.erase(c.waiting.begin() + static_cast<std::ptrdiff_t>(i));
    waiter->completed(ref);
  }
}

}  // namespace systolith
