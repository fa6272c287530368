// The systolic array: takes Matmul commands, streams their rows past the stationary weights and
// leaves the sums in the accumulators. Its timing is the dataflow's closed form (hw/dataflow),
// which equals the RTL (hw/rtl, tests/cosim):
//
//   start ──stream──► feeder free, next may start
//   start ──────────latency──────────► sums in the accumulators, command complete
//
// A Matmul with new weights starts once its plane is loaded; the swap travels with its wavefront,
// so that nothing drains in between. Rows that the scratchpad's banks hold back stretch both times.
// A transposed feed fills the transposer before its first row reaches the array.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "hw/array/feed_plan.h"
#include "hw/array/tile_product.h"
#include "hw/control/engine.h"
#include "hw/dataflow/array_schedule.h"
#include "hw/memory/accumulators.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {

// Someone who waits for a free plane.
class PlaneWaiter {
 public:
  virtual ~PlaneWaiter() = default;
  virtual void planes_changed() = 0;
};

// The weight planes as the weight loader's port sees them. Of `weight_buffers` planes one is in
// use, the others are loaded behind it; a single plane is loaded while nothing uses it.
class WeightPlanes : public virtual sc_core::sc_interface {
 public:
  // When the core's next Preload, command `index`, may begin to shift in; none as long as a Matmul
  // that has not started yet must come first.
  virtual std::optional<Cycles> plane_free(std::uint64_t index) const = 0;
  virtual void begin_load(Cycles end) = 0;
  virtual void end_load(WeightTile tile) = 0;
  // Calls waiter.planes_changed() once, when plane_free() has changed.
  virtual void wait(PlaneWaiter& waiter) = 0;
};

struct ArraySpec {
  ArrayConfig config;
  std::vector<Format> native;  // formats that the datapath multiplies
  std::vector<Format> packed;  // narrower ones, of which a PE multiplies two by two
  std::int64_t queue_depth = 0;

  bool has(Format format) const;  // as an operand
};

class SystolicArray final : public EngineModule, public WeightPlanes {
 public:
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};
  sc_core::sc_port<AccumulatorAccess> accumulators{"accumulators"};

  SystolicArray(const sc_core::sc_module_name& name, CoreContext& context, const ArraySpec& spec);

  Cause blame() const override { return Cause::operand; }
  std::optional<Cycles> plane_free(std::uint64_t index) const override;
  void begin_load(Cycles end) override { schedule_.load(end); }
  void end_load(WeightTile tile) override;
  void wait(PlaneWaiter& waiter) override { waiter_ = &waiter; }

  // What the planes hold is nobody's any more. Requires: no command is under way.
  void forget_weights();

  // Products of two formats: what was streamed and what was stationary.
  using Operands = std::pair<Format, Format>;
  std::int64_t macs() const;
  const std::map<Operands, std::int64_t>& macs_by_operands() const { return macs_; }
  // PE cycles that they would have taken with every PE at work.
  std::int64_t mac_slots() const { return mac_slots_; }

 private:
  struct InFlight {
    Command command;
    Cycles start, finish;
    CommandWork work;
  };

  void step(Cycles now) override;
  void retire_done(Cycles now);
  void notify_planes();
  bool weights_ready(const Command& command) const;
  // The Matmul's earliest start, as far as the array goes. Requires: its weights are ready.
  Cycles earliest_start(const Matmul& matmul) const;
  TileShape tile_of(const Matmul& matmul) const;
  void start(Cycles now);
  void check(const Command& command) override;
  // Against the weights that it would use.
  void check_weights(const Command& command) const;
  void compute(TenantId tenant, const Matmul& matmul, const FeedPlan& feed);
  Standing standing_at(Cycles now, bool waits_for_weights) const;

  ArraySpec spec_;
  std::unique_ptr<Dataflow> dataflow_;
  std::deque<InFlight> in_flight_;
  ArraySchedule schedule_;
  Cycles stream_end_;                 // of the latest Matmul, without bank conflicts
  Cycles feeder_free_;                // with them
  std::optional<WeightTile> loaded_;  // waits for its Matmul
  std::optional<WeightTile> plane_;   // in use
  PlaneWaiter* waiter_ = nullptr;
  ProductBuffer buffer_;
  std::map<Operands, std::int64_t> macs_;
  std::int64_t mac_slots_ = 0;
};

}  // namespace systolith
