#include "compiler/tiling/weight_grad_tiling.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler/tiling/choices.h"
#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

constexpr std::int64_t kSumBytes = 4;

class WeightGradSearch {
 public:
  WeightGradSearch(const WeightGradProblem& problem, const Machine& machine,
                   const TileBudget& budget)
      : p_(problem),
        m_(machine),
        budget_(budget),
        dataflow_(dataflow_keeping(TileOperand::weights, machine.core.array)) {}

  std::optional<WeightGradTiling> best() {
    for (const std::int64_t columns : tile_choices(p_.group_out, m_.core.array.cols))
      for (const std::int64_t channels : tile_choices(p_.group_in, 1)) {
        WeightGradTiling t;
        t.columns = columns;
        t.channels = channels;
        if (sum_rows(t) <= budget_.accumulator_rows) try_boxes(t);
      }
    return best_;
  }

  WeightGradTiling smallest() const {
    WeightGradTiling t;
    t.columns = std::min(p_.group_out, m_.core.array.cols);
    size(t);
    return t;
  }

  // Accumulator rows that a unit takes.
  std::int64_t sum_rows(const WeightGradTiling& t) const {
    return p_.taps() * t.channels * ceil_div(t.columns, m_.core.array.cols);
  }

 private:
  void try_boxes(WeightGradTiling t) {
    if (p_.box[0] != 0) {
      t.batch = p_.box[0];
      t.height = p_.box[1];
      t.width = p_.box[2];
      return consider(t);
    }
    for (const std::int64_t width : tile_choices(p_.out_w, 1)) {
      t.batch = t.height = 1;
      t.width = width;
      consider(t);
      if (width != p_.out_w) continue;
      for (const std::int64_t height : tile_choices(p_.out_h, 1)) {
        t.batch = 1;
        t.height = height;
        consider(t);
        if (height != p_.out_h) continue;
        for (const std::int64_t batch : tile_choices(p_.batch, 1)) {
          t.batch = batch;
          consider(t);
        }
      }
    }
  }

  void consider(WeightGradTiling t) {
    size(t);
    if (t.footprint() > budget_.scratchpad) return;
    t.cost = cost(t);
    if (!best_ || t.cost < best_->cost) best_ = t;
  }

  void size(WeightGradTiling& t) const {
    const std::int64_t rows = std::min(p_.in_h, p_.reach(0, t.height));
    const std::int64_t cols = std::min(p_.in_w, p_.reach(1, t.width));
    t.input_bytes = round_up(t.batch * rows * cols * t.channels * p_.element, kBufferAlign);
    t.gradient_bytes = round_up(t.pixels() * t.columns * p_.element, kBufferAlign);
    t.output_bytes = round_up(p_.taps() * t.channels * t.columns * kSumBytes, kBufferAlign);
  }

  // Cycles: the slower of array and memory, with what does not overlap on top.
  double cost(const WeightGradTiling& t) const {
    const auto units = static_cast<double>(p_.groups * ceil_div(p_.group_out, t.columns) *
                                           ceil_div(p_.group_in, t.channels));
    const auto boxes = static_cast<double>(
        ceil_div(p_.batch, t.batch) * ceil_div(p_.out_h, t.height) * ceil_div(p_.out_w, t.width));
    const std::int64_t runs = ceil_div(t.pixels(), m_.core.array.rows);
    const std::int64_t passes = runs * ceil_div(t.columns, m_.core.array.cols);
    const TileShape shape{p_.taps() * t.channels, m_.core.array.rows, m_.core.array.cols};
    const std::int64_t pass = std::max(dataflow_->stream(shape), dataflow_->load(shape)).count();
    const double share = std::ceil(units / static_cast<double>(m_.core.count)) / units;
    const double array = static_cast<double>(passes * pass) * units * boxes * share;
    const double per_box = static_cast<double>(t.input_bytes + t.gradient_bytes);
    const double memory = (per_box * boxes + static_cast<double>(t.output_bytes)) * units /
                          memory_bytes_per_cycle(m_);
    return std::max(array, memory) + kItemOverhead * units * boxes * share;
  }

  const WeightGradProblem& p_;
  const Machine& m_;
  TileBudget budget_;
  std::unique_ptr<Dataflow> dataflow_;
  std::optional<WeightGradTiling> best_;
};

}  // namespace

WeightGradProblem weight_grad_problem(const KernelGraph& graph, const WeightGradKernel& kernel) {
  const KernelTensor &in = graph.tensor(kernel.input), &dy = graph.tensor(kernel.gradient);
  WeightGradProblem p;
  p.batch = in.shape[0];
  p.in_h = in.shape[1];
  p.in_w = in.shape[2];
  p.out_h = dy.shape[1];
  p.out_w = dy.shape[2];
  p.groups = kernel.groups;
  p.group_in = in.shape[3] / kernel.groups;
  p.group_out = dy.shape[3] / kernel.groups;
  p.kernel = kernel.kernel;
  p.stride = kernel.stride;
  p.dilation = kernel.dilation;
  p.element = bytes_of(in.format);
  return p;
}

WeightGradTiling tile_weight_grad(const std::string& layer, const WeightGradProblem& problem,
                                  const Machine& machine, const TileBudget& budget) {
  WeightGradSearch search(problem, machine, budget);
  if (const auto found = search.best()) return *found;
  const WeightGradTiling t = search.smallest();
  user_error(
      "layer '{}': the smallest tile of its weights' gradient needs {} bytes of scratchpad and {} "
      "accumulator rows; {} and {} are free for tiles",
      layer, t.footprint(), search.sum_rows(t), budget.scratchpad, budget.accumulator_rows);
}

WeightGradTiling WeightGradMemo::tile(const std::string& layer, const WeightGradProblem& problem,
                                      const TileBudget& budget) {
  std::vector<Found>& found = found_[problem];
  for (const Found& f : found)
    if (f.budget.accumulator_rows == budget.accumulator_rows &&
        budget.scratchpad <= f.budget.scratchpad && f.tiling.footprint() <= budget.scratchpad)
      return f.tiling;
  found.push_back({budget, tile_weight_grad(layer, problem, machine_, budget)});
  return found.back().tiling;
}

}  // namespace systolith
