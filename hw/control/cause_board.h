// Why each engine of a core is not working, kept exact at every change. A waiting engine is traced
// along the chain of waits to the engine that is really progressing, which gives the cause: an
// array that waits for a preload that waits for a load is held back by DRAM.
//
//   the chain ends at      the waiting engine's cause
//   load, store            what that waits for, cycle by cycle; where it is busy, dram, or
//                          interconnect while it is limited by its link
//   weights                weight_load
//   array                  fill_drain for the array itself, operand for others
//   vector                 operand
//   another core           sync
#pragma once

#include <array>

#include "hw/control/engine.h"

namespace systolith {

class CauseBoard {
 public:
  // Called by the engines' constructors.
  void attach(EngineModule& engine) {
    engines_[static_cast<std::size_t>(engine.engine())] = &engine;
  }
  // Some engine's standing changed at `now`.
  void update(Cycles now);
  // The reason for the DMA engine's cycles from `since` on, which may lie in the past: what it
  // waited for is known when that comes. So may those of who waits for the engine, who get it too,
  // as far as they have not gone on since.
  void book(EngineModule& dma, Reason reason, Cycles since);

  // What holds the core as a whole: the array's cause while it has one, else `operand` while the
  // vector unit works or what that waits for, else what the DMA engines are held back by.
  const Activity& core_activity() const { return core_; }
  Activity& core_activity() { return core_; }

 private:
  struct Verdict {
    Reason reason;
    const EngineModule* dma = nullptr;  // whose reasons it has, from now on
  };
  Verdict verdict_of(const EngineModule& engine) const;
  Verdict core_verdict() const;
  const EngineModule* at(Engine engine) const { return engines_[static_cast<std::size_t>(engine)]; }

  std::array<EngineModule*, kEngines> engines_{};
  Activity core_;
  std::array<const EngineModule*, kEngines> follows_{};  // the DMA engine that each waits for
  const EngineModule* core_follows_ = nullptr;
};

}  // namespace systolith
