#include "compiler/tiling/conv_tiling.h"

#include <algorithm>
#include <optional>

#include "compiler/tiling/choices.h"
#include "compiler/tiling/pixel_blocks.h"
#include "hw/dataflow/dataflow.h"
#include "hw/dataflow/product_issue.h"

namespace systolith {
namespace {

constexpr double kMemoryLatency = 150;  // of a closed DRAM row and the way there, about

class Search {
 public:
  Search(const ConvProblem& problem, const Machine& machine, const TileBudget& budget,
         TileOperand stationary)
      : p_(problem),
        m_(machine),
        budget_(budget),
        stationary_(stationary),
        dataflow_(dataflow_keeping(stationary, machine.core.array)),
        limits_(tile_limits(machine, problem, stationary)),
        rate_(machine.rate(problem.input, problem.weights)),
        batches_(tile_choices(problem.batch, 1)),
        heights_(tile_choices(problem.out_h, 1)),
        widths_(tile_choices(problem.out_w, 1)) {}

  std::optional<ConvTiling> best() {
    const std::int64_t blocks = blocks_per_array_tile();
    if (blocks > 1) {
      for (const std::int64_t groups : tile_choices(p_.groups, blocks))
        try_pixels(base(groups, p_.group_out, p_.group_in, blocks));
    } else if (in_pairs()) {
      for (const std::int64_t groups : tile_choices(p_.groups, 2))
        try_pixels(base(groups, p_.group_out, p_.group_in, 1));
    } else if (p_.groups > 1 && stationary_ != TileOperand::weights && !p_.walked) {
      for (const std::int64_t groups : tile_choices(p_.groups, 1))
        try_pixels(base(groups, p_.group_out, p_.group_in, 1));
    } else {
      for (const std::int64_t columns : column_choices())
        for (const std::int64_t channels : channel_choices())
          try_pixels(base(1, columns, channels, 1));
    }
    return best_;
  }

  // The smallest tile there is, for the message.
  ConvTiling smallest() {
    const std::int64_t blocks = blocks_per_array_tile();
    const std::int64_t columns =
        std::min(p_.group_out, round_up(std::min(p_.group_out, m_.core.array.cols), p_.out_unit));
    ConvTiling t = blocks > 1   ? base(blocks, p_.group_out, p_.group_in, blocks)
                   : in_pairs() ? base(2, p_.group_out, p_.group_in, 1)
                                : base(1, columns, std::min(p_.group_in, in_unit()), 1);
    t.slots = 1;
    if (p_.pooled) t.width = p_.out_w;
    size(t);
    return t;
  }

  // One for each pixel and column tile; transposed sums: for each channel and block of pixels.
  std::int64_t accumulator_rows(const ConvTiling& t) const {
    if (stationary_ == TileOperand::activations) return t.groups * t.columns * pixel_blocks(t);
    return t.pixels() * column_tiles(t);
  }

 private:
  std::int64_t pixel_blocks(const ConvTiling& t) const {
    return blocks_of({t.batch, t.height, t.width}, limits_.pixels);
  }

  ConvTiling base(std::int64_t groups, std::int64_t columns, std::int64_t channels,
                  std::int64_t blocks) const {
    ConvTiling t;
    t.stationary = stationary_;
    t.groups = groups;
    t.columns = columns;
    t.channels = channels;
    t.blocks = blocks;
    return t;
  }

  std::int64_t blocks_per_array_tile() const {
    const std::int64_t rows = m_.contraction_rows(p_.input, p_.weights);  // of dense weights
    const std::int64_t cols = m_.core.array.cols;
    const std::int64_t contraction = p_.taps() * p_.group_in;
    if (stationary_ != TileOperand::weights || p_.groups == 1 || p_.walked || contraction > rows ||
        p_.group_out > cols)
      return 1;
    const std::int64_t blocks = std::min({rows / contraction, cols / p_.group_out, p_.groups});
    const bool even = !in_pairs() || blocks == p_.groups || blocks == 1;
    return even ? blocks : blocks / 2 * 2;
  }

  std::int64_t in_unit() const { return units_per_byte(p_.input); }
  // Whether a group's channels end within a byte: then every other group begins in one.
  bool in_pairs() const {
    return p_.groups > 1 && (p_.group_in % in_unit() != 0 || p_.group_out % p_.out_unit != 0);
  }

  std::vector<std::int64_t> column_choices() const {
    std::vector<std::int64_t> choices = tile_choices(p_.group_out, m_.core.array.cols);
    const auto cuts_a_byte = [&](std::int64_t columns) {
      return columns % p_.out_unit != 0 && columns != p_.group_out;
    };
    choices.erase(std::remove_if(choices.begin(), choices.end(), cuts_a_byte), choices.end());
    return choices;
  }

  std::vector<std::int64_t> channel_choices() const {
    if (p_.channels != 0) return {p_.channels};
    return tile_choices(p_.group_in, std::max<std::int64_t>(in_unit(), sparsity(1).m));
  }

  // Only what is held is stored sparse, in tiles of one block.
  Sparsity sparsity(std::int64_t blocks) const {
    return stationary_ == TileOperand::weights && blocks == 1 ? p_.sparsity : Sparsity{};
  }

  std::int64_t column_tiles(const ConvTiling& t) const {
    if (t.blocks > 1) return ceil_div(t.groups, t.blocks);
    return t.groups * ceil_div(t.columns, limits_.channels);
  }

  bool sums_fit(const ConvTiling& t) const {
    return accumulator_rows(t) <= budget_.accumulator_rows;
  }

  void try_pixels(ConvTiling t) {
    for (const std::int64_t height : heights_) {
      t.height = height;
      t.batch = 1;
      t.width = widths_.front();
      if (!sums_fit(t)) break;
      for (const std::int64_t width : widths_) {
        t.width = width;
        if (sums_fit(t)) try_orders(t);
      }
    }
    if (p_.pooled) return;
    t.height = p_.out_h;
    t.width = p_.out_w;
    for (const std::int64_t batch : batches_) {
      t.batch = batch;
      if (!sums_fit(t)) break;
      try_orders(t);
    }
  }

  void try_orders(ConvTiling t) {
    for (const int slots : {2, 1}) {
      t.slots = slots;
      for (const bool weights_outer : {true, false}) {
        if (p_.pooled && !weights_outer) continue;
        t.weights_outer = weights_outer;
        size(t);
        if (!budget_.holds(t)) continue;
        t.cost = cost(t);
        if (!best_ || t.cost < best_->cost) best_ = t;
      }
    }
  }

  void size(ConvTiling& t) const {
    const std::int64_t outputs = t.groups * t.columns, inputs = t.groups * t.channels;
    size_weights(m_, stored_weights(t), outputs, t);
    const std::int64_t rows = std::min(p_.in_h, p_.reach(0, t.height));
    const std::int64_t cols = std::min(p_.in_w, p_.reach(1, t.width));
    t.input_bytes =
        p_.input_resident
            ? 0
            : round_up(t.batch * rows * cols * packed_bytes(p_.input, inputs), kBufferAlign);
    const auto stored = [&](std::int64_t pixels, Format format) {
      return round_up(pixels * packed_bytes(format, outputs), kBufferAlign);
    };
    t.residual_bytes = p_.residual ? stored(t.pixels(), *p_.residual) : 0;
    t.output_bytes = p_.output_resident ? 0 : stored(t.pixels(), p_.output);
    if (!p_.pooled) return;
    if (!p_.output_resident) t.output_bytes = stored(p_.pooled_pixels, p_.output);
    t.staging_bytes = stored(p_.out_h * p_.out_w, p_.staged);
  }

  // Cycles: the slowest of array, vector unit and memory, with what does not overlap on top.
  double cost(const ConvTiling& t) const {
    const std::int64_t pixel_tiles =
        ceil_div(p_.batch, t.batch) * ceil_div(p_.out_h, t.height) * ceil_div(p_.out_w, t.width);
    const std::int64_t weight_tiles =
        ceil_div(p_.groups, t.groups) * ceil_div(p_.group_out, t.columns);
    const std::int64_t depth = ceil_div(p_.group_in, t.channels);
    const double items = static_cast<double>(pixel_tiles * weight_tiles * depth);

    const std::int64_t passes = passes_per_item(t);
    double array = static_cast<double>(passes * cycles_per_pass(t)) * items;
    const std::int64_t lanes = m_.core.vector.lanes;
    const std::int64_t width = t.blocks > 1 ? t.groups * t.columns : t.columns;
    const std::int64_t beats =
        t.pixels() * column_tiles(t) * ceil_div(std::min(width, limits_.channels), lanes);
    double vector = static_cast<double>(beats) * items / static_cast<double>(depth);

    const double tiles = static_cast<double>(pixel_tiles * weight_tiles);
    const bool weights_stay = t.weights_outer && depth == 1;
    const bool input_stays = !t.weights_outer && depth == 1;
    const double weights = static_cast<double>(t.weight_bytes) *
                           (weights_stay ? static_cast<double>(weight_tiles) : items);
    const double inputs = static_cast<double>(t.input_bytes) *
                          (input_stays ? static_cast<double>(pixel_tiles) : items);
    const double results = static_cast<double>(t.output_bytes + t.residual_bytes) * tiles;
    const double bytes_per_cycle = memory_bytes_per_cycle(m_);
    double memory = (weights + inputs + results) / bytes_per_cycle;

    const double cores = static_cast<double>(m_.core.count);
    // Cores share tiles, or, under a fused pool, whole images of a weight tile.
    const double units = p_.pooled ? static_cast<double>(p_.batch * weight_tiles) : tiles;
    const double share = std::ceil(units / cores) / units;
    array *= share;
    vector *= share;
    const double first_load =
        static_cast<double>(t.weight_bytes / std::max<std::int64_t>(passes, 1) + t.input_bytes) /
            bytes_per_cycle +
        (t.input_bytes > 0 ? kMemoryLatency : 0);
    const double last_drain = vector / std::max(1.0, items * share) +
                              static_cast<double>(m_.core.array.rows + m_.core.array.cols);
    const double overlapped =
        t.slots == 2 ? std::max({array, vector, memory}) : std::max(array, vector) + memory;
    return overlapped + first_load + last_drain + kItemOverhead * items * share;
  }

  // Bytes of an item's weights.
  std::int64_t stored_weights(const ConvTiling& t) const {
    if (stores_whole_tiles(m_, p_, stationary_)) return weight_tiles(t) * whole_tile_bytes(m_, p_);
    return sparsity(t.blocks).stored(p_.taps() * t.channels) * weight_row_bytes(t);
  }

  // Bytes of the weights of one contraction index: array tiles lie apart, each of whole bytes.
  std::int64_t weight_row_bytes(const ConvTiling& t) const {
    if (t.blocks > 1) return t.groups * packed_bytes(p_.weights, t.columns);
    const std::int64_t cols = std::min(limits_.channels, t.columns);
    const auto row = [&](std::int64_t columns) {
      const Sparsity sparse = sparsity(t.blocks);
      return packed_bytes(p_.weights, columns) + (sparse.dense() ? 0 : sparse.index_bytes(columns));
    };
    return t.groups * (t.columns / cols * row(cols) + row(t.columns % cols));
  }

  // Of an item.
  std::int64_t weight_tiles(const ConvTiling& t) const {
    if (t.blocks > 1) return ceil_div(t.groups, t.blocks);
    return ceil_div(p_.taps() * t.channels, limits_.contraction) * column_tiles(t);
  }

  // Tiles of an item that the array takes.
  std::int64_t passes_per_item(const ConvTiling& t) const {
    const bool cut = t.blocks == 1 && stationary_ != TileOperand::weights;
    return weight_tiles(t) * (cut ? pixel_blocks(t) : 1);
  }

  // From one tile to the next.
  std::int64_t cycles_per_pass(const ConvTiling& t) const {
    const std::int64_t pixels = std::min(t.pixels(), limits_.pixels);
    TileShape shape{pixels, m_.core.array.rows, std::min(t.columns, limits_.channels)};
    switch (stationary_) {
      case TileOperand::weights:
        shape.m *= rate_.cycles;
        return std::max(
            {dataflow_->stream(shape).count(), dataflow_->load(shape).count(), issue_cycles(t)});
      case TileOperand::activations:  // a tile passes a transposer on its way in
        shape.n *= rate_.cycles;
        return std::max(dataflow_->stream(shape), dataflow_->load(shape) + Cycles(pixels)).count();
      default:
        shape.k = ceil_div(p_.taps() * t.channels, rate_.products) * rate_.cycles;
        return std::max(dataflow_->stream(shape), dataflow_->drain()).count();
    }
  }

  // Of an array whose products are bounded, else 0.
  std::int64_t issue_cycles(const ConvTiling& t) const {
    const ProductIssue issue(m_.core.array);
    if (!issue.limited()) return 0;
    const std::int64_t run = t.width > 1 ? t.width : t.height > 1 ? t.height : t.batch;
    return issue.steady({t.pixels(), run, rate_.cycles});
  }

  const ConvProblem& p_;
  const Machine& m_;
  TileBudget budget_;
  TileOperand stationary_;
  std::unique_ptr<Dataflow> dataflow_;
  TileLimits limits_;
  PeRate rate_;
  std::vector<std::int64_t> batches_, heights_, widths_;
  std::optional<ConvTiling> best_;
};

// What the machine's arrays may keep.
std::vector<TileOperand> kept_operands(const Machine& machine) {
  std::vector<TileOperand> kept;
  for (const std::string& name : machine.core.array.dataflow)
    kept.push_back(registration<Dataflow>(name).create(machine.core.array)->stationary());
  return kept;
}

// The cheapest, whatever the array keeps; of equally cheap ones, that of the dataflow listed first.
std::optional<ConvTiling> best_tiling(const ConvProblem& problem, const Machine& machine,
                                      const TileBudget& budget) {
  std::optional<ConvTiling> best;
  for (const TileOperand kept : kept_operands(machine)) {
    const auto found = Search(problem, machine, budget, kept).best();
    if (found && (!best || found->cost < best->cost)) best = found;
  }
  return best;
}

}  // namespace

void size_weights(const Machine& machine, std::int64_t stored, std::int64_t outputs,
                  ConvTiling& tiling) {
  const std::int64_t table = outputs * 8;
  tiling.weights_apart = machine.core.weights_apart();
  if (tiling.weights_apart) {
    tiling.table_bytes = round_up(table, kBufferAlign);
    tiling.weight_bytes = round_up(stored, kBufferAlign);
  } else {
    tiling.weight_bytes = round_up(stored + table + 2 * kBufferAlign, kBufferAlign);
  }
}

bool stores_whole_tiles(const Machine& machine, const ConvProblem& problem,
                        TileOperand stationary) {
  return machine.core.array.weight_tiles == "whole" && stationary == TileOperand::weights &&
         !problem.walked && problem.sparsity.dense();
}

std::int64_t whole_tile_bytes(const Machine& machine, const ConvProblem& problem) {
  return machine.contraction_rows(problem.input, problem.weights) *
         packed_bytes(problem.weights, machine.core.array.cols);
}

TileLimits tile_limits(const Machine& machine, const ConvProblem& problem, TileOperand stationary) {
  const ArrayConfig& array = machine.core.array;
  // The last array row of a sparse tile may be left in part, so that no group is cut.
  const std::int64_t held = machine.contraction_rows(problem.input, problem.weights) /
                            problem.sparsity.n * problem.sparsity.m;
  switch (stationary) {
    case TileOperand::sums:
      return {problem.taps() * problem.group_in, array.cols, array.rows};
    case TileOperand::activations:
      return {held, problem.group_out, array.cols};
    default:
      return {held, array.cols, problem.batch * problem.out_h * problem.out_w};
  }
}

ConvProblem conv_problem(const KernelGraph& graph, const ConvKernel& conv) {
  const KernelTensor& in = graph.tensor(conv.input);
  ConvProblem p;
  p.batch = in.shape[0];
  p.in_h = in.shape[1];
  p.in_w = in.shape[2];
  p.groups = conv.groups;
  p.kernel = conv.kernel;
  p.stride = conv.stride;
  p.dilation = conv.dilation;
  p.group_in = in.shape[3] / conv.groups;
  p.walked = conv.walk.has_value();
  p.group_out = p.walked
                    ? conv.walk->outputs
                    : graph.tensor(conv.weights).elements() / (conv.groups * p.taps() * p.group_in);
  p.out_h = (p.in_h + conv.pads[0] + conv.pads[2] - p.reach(0, 1)) / p.stride[0] + 1;
  p.out_w = (p.in_w + conv.pads[1] + conv.pads[3] - p.reach(1, 1)) / p.stride[1] + 1;
  p.weights = graph.tensor(conv.weights).format;
  p.sparsity = conv.sparsity;
  p.input = in.format;
  p.output = conv.output != kNoTensor ? graph.tensor(conv.output).format : in.format;
  p.staged = conv.conv_format;
  p.out_unit = units_per_byte(p.output);
  if (conv.residual == kNoTensor) return p;
  p.residual = graph.tensor(conv.residual).format;
  p.out_unit = std::max(p.out_unit, units_per_byte(*p.residual));
  return p;
}

void add_pool(ConvProblem& problem, const PoolSpec& pool) {
  const auto extent = [&](std::size_t d, std::int64_t size) {
    const std::int64_t padded = size + pool.pads[d] + pool.pads[d + 2];
    return (padded - (pool.kernel[d] - 1) * pool.dilation[d] - 1) / pool.stride[d] + 1;
  };
  problem.pooled = true;
  problem.pooled_pixels = extent(0, problem.out_h) * extent(1, problem.out_w);
}

ConvTiling tile_conv(const std::string& layer, const ConvProblem& problem, const Machine& machine,
                     const TileBudget& budget) {
  if (const auto found = best_tiling(problem, machine, budget)) return *found;
  Search search(problem, machine, budget, kept_operands(machine).front());
  const ConvTiling t = search.smallest();
  user_error(
      "layer '{}': the smallest tile needs {} of scratchpad (weights {}, input {}, output {}, "
      "residual {}, staging {}{}) and {} accumulator row(s); machine '{}' has {}{} and, for a "
      "tile, {} row(s)",
      layer, kibibytes_text(t.footprint() + t.weight_footprint()), kibibytes_text(t.weight_bytes),
      kibibytes_text(t.input_bytes), kibibytes_text(t.output_bytes),
      kibibytes_text(t.residual_bytes), kibibytes_text(t.staging_bytes),
      t.weights_apart ? fmt::format(", bias and scale {}", kibibytes_text(t.table_bytes)) : "",
      search.accumulator_rows(t), machine.name,
      kibibytes_text(machine.core.scratchpad.capacity.count()),
      t.weights_apart ? fmt::format(", {} for weights",
                                    kibibytes_text(machine.core.weight_scratchpad.capacity.count()))
                      : "",
      budget.accumulator_rows);
}

const ConvTiling& TilingMemo::tile(const std::string& layer, const ConvProblem& problem,
                                   const TileBudget& budget) {
  std::vector<Found>& found = found_[problem];
  for (const Found& f : found)
    if (f.budget.accumulator_rows == budget.accumulator_rows &&
        budget.scratchpad <= f.budget.scratchpad && budget.holds(f.tiling))
      return f.tiling;
  found.push_back({budget, tile_conv(layer, problem, machine_, budget)});
  return found.back().tiling;
}

bool fits(const ConvProblem& problem, const Machine& machine, const TileBudget& budget) {
  return best_tiling(problem, machine, budget).has_value();
}

}  // namespace systolith
