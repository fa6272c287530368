// Shifts tiles from the scratchpad into the array's free planes, one at a time, in dataflow.load()
// cycles each (hw/dataflow), longer where the scratchpad's banks are taken. Weights that pass
// stationary sums are offered to the array, which reads them with the rows of their Matmul.
#pragma once

#include <memory>

#include "hw/array/systolic_array.h"

namespace systolith {

class WeightLoader final : public EngineModule, public TileSource {
 public:
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};
  sc_core::sc_port<WeightPlanes> planes{"planes"};

  WeightLoader(const sc_core::sc_module_name& name, CoreContext& context, const ArraySpec& spec);

  Cause blame() const override { return Cause::weight_load; }
  void planes_changed() override { wake_now(); }
  void streaming(Cycles busy, Cycles end) override;

 private:
  enum class State : std::uint8_t { idle, loading, offered, streaming };

  void step(Cycles now) override;
  Standing try_start(Cycles now);
  void start(Cycles now);
  void load(const Preload& preload, Cycles now);
  void end(Cycles now);
  LocalAddress place(const Preload& preload) const;
  std::int64_t words(const Preload& preload) const;
  // Array rows that a tile takes.
  std::int64_t array_rows(const Preload& preload) const;
  WeightTile tile(const Preload& preload);
  void pack(const Preload& preload, WeightTile& tile);
  void check(const Command& command) override;

  void check_reach(const Command& command) const;

  ArraySpec spec_;
  KeptOperands kept_;
  std::unique_ptr<Dataflow> dataflow_;  // of what is held; null where only sums are
  Command command_;
  State state_ = State::idle;
  WeightTile tile_;
  CommandWork work_;
  Cycles start_, shift_end_, finish_;  // shift_end_: without bank conflicts
};

}  // namespace systolith
