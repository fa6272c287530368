// Why each engine of a core is not working, kept exact at every change. A waiting engine is traced
// along the chain of waits to the engine that is really progressing, which gives the cause: an
// array that waits for a preload that waits for a load is held back by DRAM.
//
//   the chain ends at      the waiting engine's cause
//   load, store            dram, or interconnect while the DMA is limited by its link
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

  // What holds the core as a whole: the array's cause while it has one, else `operand` while the
  // vector unit works or what that waits for, else what the DMA engines are held back by.
  const Activity& core_activity() const { return core_; }
  Activity& core_activity() { return core_; }

 private:
  Cause cause_of(const EngineModule& engine) const;
  Cause core_cause() const;
  const EngineModule* at(Engine engine) const { return engines_[static_cast<std::size_t>(engine)]; }

  std::array<EngineModule*, kEngines> engines_{};
  Activity core_;
};

}  // namespace systolith
