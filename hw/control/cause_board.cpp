#include "hw/control/cause_board.h"

namespace systolith {
namespace {

void enter(Activity& activity, Cause cause, Cycles now) {
  if (activity.state() != cause) activity.enter(cause, now);
}

bool is_dma(Engine engine) { return engine == Engine::load || engine == Engine::store; }

}  // namespace

void CauseBoard::update(Cycles now) {
  for (EngineModule* engine : engines_) {
    if (engine == nullptr) continue;
    // A DMA engine in flight books its own cycles, burst by burst.
    if (is_dma(engine->engine()) && engine->standing().progressing) continue;
    enter(engine->activity(), cause_of(*engine), now);
  }
  enter(core_, core_cause(), now);
}

Cause CauseBoard::cause_of(const EngineModule& engine) const {
  const Standing& own = engine.standing();
  if (own.progressing && !(own.wait_prevails && own.wait != Standing::Wait::none)) return own.own;
  if (own.wait == Standing::Wait::none) return Cause::idle;
  const EngineModule* root = &engine;
  // A chain longer than the engines there are goes in a circle: the run is about to deadlock.
  for (std::size_t hops = 0; hops < kEngines; ++hops) {
    const Standing& standing = root->standing();
    if (root != &engine && standing.progressing) break;
    if (standing.wait == Standing::Wait::other_core) return Cause::sync;
    if (standing.wait == Standing::Wait::none || at(standing.on) == nullptr) break;
    root = at(standing.on);
    if (root == &engine) break;
  }
  if (root == &engine && engine.engine() == Engine::array) return Cause::fill_drain;
  return root->blame();
}

Cause CauseBoard::core_cause() const {
  const auto state = [&](Engine engine) {
    return at(engine) == nullptr ? Cause::idle : at(engine)->activity().state();
  };
  if (state(Engine::array) != Cause::idle) return state(Engine::array);
  if (state(Engine::vector) == Cause::busy) return Cause::operand;
  if (state(Engine::vector) != Cause::idle) return state(Engine::vector);
  for (const Engine engine : {Engine::load, Engine::store})
    if (at(engine) != nullptr && at(engine)->standing().progressing) return at(engine)->blame();
  if (state(Engine::weights) != Cause::idle) return Cause::weight_load;
  for (const Engine engine : {Engine::load, Engine::store})
    if (state(engine) != Cause::idle) return state(engine);
  return Cause::idle;
}

}  // namespace systolith
