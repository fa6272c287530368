#include "hw/control/cause_board.h"

#include <algorithm>

namespace systolith {
namespace {

void enter(Activity& activity, Reason reason, Cycles now) {
  if (!(activity.reason() == reason)) activity.enter(reason, now);
}

bool is_dma(Engine engine) { return engine == Engine::load || engine == Engine::store; }

}  // namespace

void CauseBoard::update(Cycles now) {
  for (EngineModule* engine : engines_) {
    if (engine == nullptr) continue;
    const EngineModule*& follows = follows_[static_cast<std::size_t>(engine->engine())];
    follows = nullptr;
    // A DMA engine in flight books its own cycles, burst by burst.
    if (is_dma(engine->engine()) && engine->standing().progressing) continue;
    const Verdict verdict = verdict_of(*engine);
    enter(engine->activity(), verdict.reason, now);
    follows = verdict.dma;
  }
  const Verdict verdict = core_verdict();
  enter(core_, verdict.reason, now);
  core_follows_ = verdict.dma;
}

void CauseBoard::book(EngineModule& dma, Reason reason, Cycles since) {
  enter(dma.activity(), reason, since);
  const Reason blamed = reason.cause == Cause::busy ? dma.blame() : reason;
  const auto follow = [&](Activity& activity) {
    enter(activity, blamed, std::max(since, activity.since()));
  };
  for (std::size_t i = 0; i < kEngines; ++i)
    if (follows_[i] == &dma) follow(engines_[i]->activity());
  if (core_follows_ == &dma) follow(core_);
}

CauseBoard::Verdict CauseBoard::verdict_of(const EngineModule& engine) const {
  const Standing& own = engine.standing();
  if (own.progressing && !(own.wait_prevails && own.wait != Standing::Wait::none)) return {own.own};
  if (own.wait == Standing::Wait::none) return {Cause::idle};
  const EngineModule* root = &engine;
  // A chain longer than the engines there are goes in a circle: the run is about to deadlock.
  for (std::size_t hops = 0; hops < kEngines; ++hops) {
    const Standing& standing = root->standing();
    if (root != &engine && standing.progressing) break;
    if (standing.wait == Standing::Wait::other_core) return {Cause::sync};
    if (standing.wait == Standing::Wait::none || at(standing.on) == nullptr) break;
    root = at(standing.on);
    if (root == &engine) break;
  }
  if (root == &engine && engine.engine() == Engine::array) return {Cause::fill_drain};
  const bool follows = is_dma(root->engine()) && root->standing().progressing;
  return {root->blame(), follows ? root : nullptr};
}

CauseBoard::Verdict CauseBoard::core_verdict() const {
  const auto of = [&](Engine engine) -> Verdict {
    if (at(engine) == nullptr) return {};
    return {at(engine)->activity().reason(), follows_[static_cast<std::size_t>(engine)]};
  };
  const auto idle = [&](Engine engine) { return of(engine).reason.cause == Cause::idle; };
  if (!idle(Engine::array)) return of(Engine::array);
  if (of(Engine::vector).reason.cause == Cause::busy) return {Cause::operand};
  if (!idle(Engine::vector)) return of(Engine::vector);
  for (const Engine engine : {Engine::load, Engine::store})
    if (at(engine) != nullptr && at(engine)->standing().progressing)
      return {at(engine)->blame(), at(engine)};
  if (!idle(Engine::weights)) return {Cause::weight_load};
  for (const Engine engine : {Engine::load, Engine::store})
    if (!idle(engine)) return of(engine);
  return {};
}

}  // namespace systolith
