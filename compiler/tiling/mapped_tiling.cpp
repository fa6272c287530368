#include "compiler/tiling/mapped_tiling.h"

#include <algorithm>

#include "compiler/tiling/choices.h"
#include "hw/base/registry.h"

namespace systolith {
namespace {

bool is_pixel(Loop loop) { return loop == Loop::n || loop == Loop::p || loop == Loop::q; }
bool is_reduction(Loop loop) { return loop == Loop::c || loop == Loop::r || loop == Loop::s; }

// Rows of a matrix product, which the problem has as its batch, may be N or P.
bool is_product(const ConvProblem& p) { return p.out_h == 1 && p.out_w == 1 && p.taps() == 1; }

LoopExtents extents_of(const ConvProblem& p) {
  return {p.batch, p.group_out, p.group_in, p.out_w, p.out_h, p.kernel[1], p.kernel[0]};
}

Loop normal(Loop loop, bool product) { return product && is_pixel(loop) ? Loop::n : loop; }

bool is_same(const LoopExtents& given, const ConvProblem& p) {
  LoopExtents extents{1, 1, 1, 1, 1, 1, 1};
  for (std::size_t i = 0; i < kLoops; ++i)
    extents[static_cast<std::size_t>(normal(static_cast<Loop>(i), is_product(p)))] *= given[i];
  return extents == extents_of(p);
}

class Mapper {
 public:
  Mapper(const LayerMapping& mapping, const std::string& layer, const ConvProblem& problem,
         const Machine& machine, const TileBudget& budget)
      : mapping_(mapping), layer_(layer), p_(problem), m_(machine), budget_(budget) {}

  ConvTiling map() {
    check_layer();
    check_cover();
    check_array();
    tiling_.mapped.emplace();
    cut();
    order();
    size();
    sums();
    return tiling_;
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(const SourcePosition& where, fmt::format_string<Args...> format,
                         Args&&... args) const {
    throw UserError(where, fmt::format("layer '{}': {}", layer_,
                                       fmt::format(format, std::forward<Args>(args)...)));
  }

  void check_layer() const {
    const char* reason = nullptr;
    if (p_.groups > 1) reason = "it has groups of channels";
    if (p_.walked) reason = "its weights are computed";
    if (p_.pooled) reason = "a pooling is fused with it";
    if (!p_.sparsity.dense()) reason = "its weights are sparse";
    if (is_float(p_.input)) reason = "its sums are floats, whose order counts";
    if (m_.core.datapath.overflow != Overflow::wrap)
      reason = "its sums saturate, so that their order counts";
    if (m_.core.count > 1) reason = "the machine has several cores";
    if (!m_.core.array.allows("weight_stationary")) reason = "the array does not hold weights";
    if (reason != nullptr) fail(mapping_.where, "it can't be mapped: {}", reason);
  }

  // Product of a loop's factors from `level` inwards.
  std::int64_t inner(Loop loop, MappingLevel level) const {
    std::int64_t product = 1;
    for (auto l = static_cast<std::size_t>(level); l < mapping_.levels.size(); ++l)
      for (const LoopFactor& f : mapping_.levels[l])
        if (normal(f.loop, is_product(p_)) == loop) product *= f.factor;
    return product;
  }

  void check_cover() const {
    const LoopExtents extents = extents_of(p_);
    for (std::size_t i = 0; i < kLoops; ++i) {
      const auto loop = static_cast<Loop>(i);
      const std::int64_t covered = inner(loop, MappingLevel::dram);
      if (covered != extents[i])
        fail(mapping_.where, "the factors of {} multiply to {}, the problem has {}",
             loop == Loop::n && is_product(p_) ? "N and P" : std::string(1, letter(loop)), covered,
             extents[i]);
    }
  }

  std::int64_t across(MappingLevel level) const {
    std::int64_t lanes = 1;
    for (const LoopFactor& f : mapping_.at(level))
      if (f.spatial) lanes *= f.factor;
    return lanes;
  }

  void check_across(MappingLevel level, const char* what, std::int64_t most) const {
    if (across(level) > most)
      fail(mapping_.place(level), "{} across the array's {}, of which there are {}", across(level),
           what, most);
  }

  void check_array() const {
    check_across(MappingLevel::scratchpad, "columns", m_.core.array.cols);
    check_across(MappingLevel::accumulator, "rows", m_.contraction_rows(p_.input, p_.weights));
    for (const LoopFactor& f : mapping_.at(MappingLevel::array))
      if (!is_pixel(f.loop) && f.factor > 1)
        fail(mapping_.place(MappingLevel::array),
             "loop {} inside the array, which holds weights (allowed: N, P, Q)", letter(f.loop));
  }

  void cut() {
    const auto tile = [&](Loop loop) { return inner(loop, MappingLevel::scratchpad); };
    tiling_.batch = tile(Loop::n);
    tiling_.height = tile(Loop::q);
    tiling_.width = tile(Loop::p);
    tiling_.columns = tile(Loop::k);
    tiling_.channels = tile(Loop::c);
    MappedLoops& mapped = *tiling_.mapped;
    mapped.taps = {tile(Loop::s), tile(Loop::r)};
    mapped.cols = across(MappingLevel::scratchpad);
    mapped.rows = across(MappingLevel::accumulator);
    if ((tiling_.columns % p_.out_unit != 0 && tiling_.columns != p_.group_out) ||
        tiling_.channels % units_per_byte(p_.input) != 0)
      fail(mapping_.where, "a tile of {} output and {} input channels ends within a byte",
           tiling_.columns, tiling_.channels);
  }

  void order() {
    MappedLoops& mapped = *tiling_.mapped;
    for (LoopFactor f : mapping_.at(MappingLevel::dram)) {
      f.loop = normal(f.loop, is_product(p_));
      if (f.factor > 1) mapped.tiles.push_back(f);
    }
    const LoopFactor* pixels = nullptr;
    for (const MappingLevel level : {MappingLevel::scratchpad, MappingLevel::accumulator})
      for (const LoopFactor& f : mapping_.at(level)) {
        if (f.spatial || f.factor == 1) continue;
        if (is_pixel(f.loop)) {
          pixels = &f;
          continue;
        }
        if (pixels != nullptr)
          fail(mapping_.place(level),
               "loop {}{} inside of {}{}: all of a tile's pixels pass the weights that the array "
               "holds, so that N, P and Q come last",
               letter(f.loop), f.factor, letter(pixels->loop), pixels->factor);
        mapped.products.push_back(f);
      }
  }

  void size() {
    ConvTiling& t = tiling_;
    const MappedLoops& mapped = *t.mapped;
    const std::int64_t full = t.columns / mapped.cols, rest = t.columns % mapped.cols;
    const std::int64_t row =
        full * packed_bytes(p_.weights, mapped.cols) + packed_bytes(p_.weights, rest);
    const std::int64_t depth = mapped.taps[0] * mapped.taps[1] * t.channels;
    const std::int64_t tiles = mapped.taps[0] * mapped.taps[1] * ceil_div(t.channels, mapped.rows) *
                               ceil_div(t.columns, mapped.cols);
    const bool whole = stores_whole_tiles(m_, p_, t.stationary);
    size_weights(m_, whole ? tiles * whole_tile_bytes(m_, p_) : depth * row, t.columns, t);
    const auto reach = [&](std::size_t d, std::int64_t count, std::int64_t size) {
      return std::min(size, (count - 1) * p_.stride[d] + (mapped.taps[d] - 1) * p_.dilation[d] + 1);
    };
    if (!p_.input_resident)
      t.input_bytes = round_up(t.batch * reach(0, t.height, p_.in_h) * reach(1, t.width, p_.in_w) *
                                   packed_bytes(p_.input, t.channels),
                               kBufferAlign);
    const auto stored = [&](Format format) {
      return round_up(t.pixels() * packed_bytes(format, t.columns), kBufferAlign);
    };
    if (p_.residual) t.residual_bytes = stored(*p_.residual);
    if (!p_.output_resident) t.output_bytes = stored(p_.output);
    if (!budget_.holds(t)) t.slots = 1;
    if (!budget_.holds(t))
      fail(mapping_.where,
           "a tile needs {} of scratchpad (weights {}, input {}, output {}, residual {}); machine "
           "'{}' has {} for it{}",
           kibibytes_text(t.footprint() + t.weight_footprint()), kibibytes_text(t.weight_bytes),
           kibibytes_text(t.input_bytes), kibibytes_text(t.output_bytes),
           kibibytes_text(t.residual_bytes), m_.name, kibibytes_text(budget_.scratchpad),
           t.weights_apart ? fmt::format(" and {} for weights", kibibytes_text(budget_.weights))
                           : "");
    const double macs = static_cast<double>(p_.batch * p_.out_h * p_.out_w * p_.group_out) *
                        static_cast<double>(p_.taps() * p_.group_in);
    t.cost = macs / static_cast<double>(mapped.rows * mapped.cols) * (t.slots == 1 ? 2 : 1);
  }

  // A loop over sums that goes around loops over outputs leaves the sums of all of these open.
  void sums() {
    std::int64_t open = 1;
    bool within = false;
    for (const LoopFactor& f : tiling_.mapped->tiles) {
      within = within || is_reduction(f.loop);
      if (within && !is_reduction(f.loop)) open *= f.factor;
    }
    const std::int64_t rows = tiling_.pixels() * ceil_div(tiling_.columns, tiling_.mapped->cols);
    const std::int64_t all = m_.core.accumulator_rows();
    if (rows * open > all)
      fail(mapping_.where,
           "{} tile(s) of sums that are open at a time need {} accumulator rows, {} each; machine "
           "'{}' has {}",
           open, rows * open, rows, m_.name, all);
    tiling_.sum_sets = static_cast<int>(open > 1 ? open : std::min<std::int64_t>(2, all / rows));
  }

  const LayerMapping& mapping_;
  const std::string& layer_;
  const ConvProblem& p_;
  const Machine& m_;
  TileBudget budget_;
  ConvTiling tiling_;
};

std::vector<std::size_t> layers_of(const LayerMapping& mapping, const KernelGraph& graph,
                                   std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) {
    const auto* conv = std::get_if<ConvKernel>(&graph.kernels[k].work);
    if (conv == nullptr) continue;
    names.push_back(graph.kernels[k].name);
    const bool named = mapping.layer == names.back();
    if (named || (mapping.layer.empty() && is_same(mapping.problem, conv_problem(graph, *conv))))
      found.push_back(k);
  }
  return found;
}

}  // namespace

std::map<std::size_t, const LayerMapping*> assign_mappings(const Mapping& mapping,
                                                           const KernelGraph& graph) {
  std::map<std::size_t, const LayerMapping*> assigned;
  for (const LayerMapping& layer : mapping.layers) {
    std::vector<std::string> names;
    const std::vector<std::size_t> found = layers_of(layer, graph, names);
    if (found.empty() && !layer.layer.empty())
      throw UserError(layer.where, unknown_name_message("layer", layer.layer, names));
    if (found.empty()) throw UserError(layer.where, "no layer of the network is this problem");
    for (const std::size_t k : found)
      if (const auto [other, is_new] = assigned.emplace(k, &layer); !is_new)
        throw UserError(layer.where, fmt::format("layer '{}' is mapped already on line {}",
                                                 graph.kernels[k].name, other->second->where.line));
  }
  return assigned;
}

ConvTiling map_conv(const LayerMapping& mapping, const std::string& layer,
                    const ConvProblem& problem, const Machine& machine, const TileBudget& budget) {
  return Mapper(mapping, layer, problem, machine, budget).map();
}

}  // namespace systolith
