// The systolic array: takes Matmul commands, streams their rows past what is stationary and leaves
// the sums in the accumulators. Its timing is the dataflow's closed form (hw/dataflow),
// which equals the RTL (hw/rtl, tests/cosim):
//
//   start ──stream──► feeder free, next may start
//   start ──────────latency──────────► sums in the accumulators, command complete
//
// A Matmul with new weights starts once its plane is loaded; the swap travels with its wavefront,
// so that nothing drains in between. Rows that the scratchpad's banks hold back stretch both times,
// and so do bounds to what a product streams (hw/dataflow/product_issue.h).
// A transposed feed fills the transposer before its first row reaches the array, and so does the
// feed of an array that keeps its sums, which takes a contraction index of every row at a time. A
// sub-array is fed and read through lanes beside the PEs around it (hw/arch/machine.h): its sums
// come as much later.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "hw/array/feed_plan.h"
#include "hw/array/pe_detail.h"
#include "hw/array/tile_product.h"
#include "hw/control/engine.h"
#include "hw/dataflow/array_schedule.h"
#include "hw/dataflow/product_issue.h"
#include "hw/memory/accumulators.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {

// What the array tells the loader of its tiles.
class TileSource {
 public:
  virtual ~TileSource() = default;
  virtual void planes_changed() = 0;
  // The tile offered streams past the sums, until `busy`, and is all read at `end`.
  virtual void streaming(Cycles busy, Cycles end) = 0;
};

// Weights for the next Matmul to stream past its sums.
struct OfferedTile {
  WeightTile tile;
  LocalAddress from;
  std::int64_t words = 0;   // of the scratchpad
  bool transposed = false;  // on their way in
};

// The array as the weight loader's port sees it. Of `weight_buffers` planes one is in use, the
// others are loaded behind it; a single plane is loaded while nothing uses it.
class WeightPlanes : public virtual sc_core::sc_interface {
 public:
  // When the core's next Preload may begin to shift in, or be offered; none as long as a Matmul
  // must come first.
  virtual std::optional<Cycles> plane_free(const Command& preload) const = 0;
  // Its words enter from `first` on, the last in the cycle before `end`.
  virtual void begin_load(Cycles first, Cycles end, const WeightTile& tile) = 0;
  virtual void end_load(WeightTile tile) = 0;
  virtual void offer(OfferedTile offered, TileSource& source) = 0;
  // What was offered is not to be used.
  virtual void withdraw() = 0;
  // Calls source.planes_changed() once, when plane_free() has changed.
  virtual void wait(TileSource& source) = 0;
};

struct ArraySpec {
  ArrayConfig config;
  std::vector<Format> native;  // formats that the datapath multiplies
  std::vector<Format> packed;  // narrower ones
  Packing packing = Packing::simd;
  Overflow overflow = Overflow::wrap;
  std::int64_t queue_depth = 0, accumulator_rows = 0;

  bool has(Format format) const;  // as an operand
  // Of a PE where `streamed` passes `held`, with sums stationary the weights.
  PeRate rate(TileOperand stationary, Format streamed, Format held) const;
};

// What an array is built to keep in its PEs.
class KeptOperands {
 public:
  explicit KeptOperands(const ArrayConfig& array)
      : kept_(kept_operands(array)), dataflow_(array.dataflow) {}
  // Throws UserError where that is not `stationary`.
  void check(const Command& command, TileOperand stationary) const;

 private:
  std::array<bool, 3> kept_;
  std::vector<std::string> dataflow_;
};

class SystolicArray final : public EngineModule, public WeightPlanes {
 public:
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};
  sc_core::sc_port<AccumulatorAccess> accumulators{"accumulators"};

  SystolicArray(const sc_core::sc_module_name& name, CoreContext& context, const ArraySpec& spec);

  Cause blame() const override { return Cause::operand; }
  std::optional<Cycles> plane_free(const Command& preload) const override;
  void begin_load(Cycles first, Cycles end, const WeightTile& tile) override;
  void end_load(WeightTile tile) override;
  void offer(OfferedTile offered, TileSource& source) override;
  void withdraw() override { offered_.reset(); }
  void wait(TileSource& source) override { waiter_ = &source; }

  // The run is over: what the PEs do is done. Requires: no command is under way.
  void end_of_run();

  // What the planes hold is nobody's any more. Requires: no command is under way.
  void forget_weights();

  // Of the dense products.
  std::int64_t macs() const { return macs_; }
  // Products made, by the formats of activations and weights.
  using Operands = std::pair<Format, Format>;
  const std::map<Operands, std::int64_t>& products() const { return products_; }
  // PE cycles that they would have taken with every PE at work.
  std::int64_t mac_slots() const { return mac_slots_; }

 private:
  // The array as one that holds operands, or as one that holds sums.
  struct Flow {
    explicit Flow(std::unique_ptr<Dataflow> kept, std::int64_t planes)
        : dataflow(std::move(kept)), schedule(*dataflow, planes) {}
    std::unique_ptr<Dataflow> dataflow;
    ArraySchedule schedule;
    std::unique_ptr<PeDetail> pes;  // with detail: pe
  };
  struct InFlight {
    Command command;
    Cycles start, finish;
    CommandWork work;
  };

  void step(Cycles now) override;
  void retire_done(Cycles now);
  void notify_planes();
  bool tile_ready(const Matmul& matmul) const;
  Flow& flow_of(TileOperand stationary);
  // No sums are on their way, or will be, for commands before this one.
  bool sums_before(std::uint64_t index) const;
  // The Matmul's earliest start, as far as the array goes. Requires: its tile is ready.
  Cycles earliest_start(const Matmul& matmul);
  // Cycles from a row's being read to its entering the array.
  Cycles transposer_delay(const Matmul& matmul) const;
  const WeightTile& tile_for(const Matmul& matmul) const;
  TileShape shape_of(const Matmul& matmul);
  Cycles issue(const Matmul& matmul, Cycles now);
  void take_tile(const Matmul& matmul);
  void step_pes(const Matmul& matmul, Cycles first, Cycles fed, Cycles finish);
  // Both operands' reads from `now` on; when the last word has moved.
  Cycles read_operands(const Matmul& matmul, const FeedPlan& feed, TenantId tenant, Cycles now,
                       CommandWork& work);
  void account(InFlight& run, const Matmul& matmul);
  void start(Cycles now);
  void check(const Command& command) override;
  void check_stationary(const Command& command) const;
  void check_detail(const Command& command, Format operand) const;
  // Against the tile that it would use.
  void check_tile(const Command& command) const;
  void compute(TenantId tenant, const Matmul& matmul, const FeedPlan& feed);
  Standing standing_at(Cycles now, bool waits_for_weights) const;

  ArraySpec spec_;
  KeptOperands kept_;
  std::optional<Flow> holding_, summing_;  // as far as the array is built for it
  std::deque<InFlight> in_flight_;
  ProductIssue products_issue_;
  Cycles stream_end_;                   // of the latest Matmul, row after row
  Cycles issue_end_;                    // where products wait for others to leave
  Cycles feeder_free_;                  // with bank conflicts
  std::optional<WeightTile> loaded_;    // waits for its Matmul
  std::optional<WeightTile> plane_;     // in use
  std::optional<OfferedTile> offered_;  // waits for its Matmul
  WeightTile passing_;                  // streams past the sums
  TileSource* waiter_ = nullptr;
  TileSource* offerer_ = nullptr;
  ProductBuffer buffer_;
  std::map<Operands, std::int64_t> products_;
  std::int64_t macs_ = 0, mac_slots_ = 0;
};

}  // namespace systolith
