// The vector unit: one operation at a time, timed by hw/isa/vector_timing.h, longer where the
// scratchpad's banks are taken.
#pragma once

#include "hw/control/engine.h"
#include "hw/memory/accumulators.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {

class VectorUnit final : public EngineModule {
 public:
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};
  sc_core::sc_port<AccumulatorAccess> accumulators{"accumulators"};

  VectorUnit(const sc_core::sc_module_name& name, CoreContext& context, std::int64_t lanes,
             std::int64_t queue_depth);

  Cause blame() const override { return Cause::operand; }
  std::int64_t lane_operations() const { return lane_operations_; }

 private:
  void step(Cycles now) override;
  void check(const Command& command) override;
  void start(Cycles now);

  std::int64_t lanes_;
  Command command_;
  bool running_ = false;
  std::int64_t bytes_ = 0;            // of the scratchpad
  Cycles start_, busy_end_, finish_;  // busy_end_: without bank conflicts
  std::int64_t lane_operations_ = 0;
};

}  // namespace systolith
