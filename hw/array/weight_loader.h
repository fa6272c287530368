// Shifts tiles of weights from the scratchpad into the array's free planes, one at a time, in
// dataflow.load() cycles each (hw/dataflow), longer where the scratchpad's banks are taken.
#pragma once

#include <memory>

#include "hw/array/systolic_array.h"

namespace systolith {

class WeightLoader final : public EngineModule, public PlaneWaiter {
 public:
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};
  sc_core::sc_port<WeightPlanes> planes{"planes"};

  WeightLoader(const sc_core::sc_module_name& name, CoreContext& context, const ArraySpec& spec);

  Cause blame() const override { return Cause::weight_load; }
  void planes_changed() override { wake_now(); }

 private:
  void step(Cycles now) override;
  void start(Cycles now);
  void end(Cycles now);
  void check(const Command& command) override;

  ArraySpec spec_;
  std::unique_ptr<Dataflow> dataflow_;
  Command command_;
  bool loading_ = false;
  WeightTile tile_;
  Cycles start_, shift_end_, finish_;  // shift_end_: without bank conflicts
};

}  // namespace systolith
