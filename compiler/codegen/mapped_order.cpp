#include "compiler/codegen/mapped_order.h"

#include <algorithm>

namespace systolith {
namespace {

std::int64_t& at(LoopExtents& extents, Loop loop) {
  return extents[static_cast<std::size_t>(loop)];
}

bool is_output(Loop loop) { return loop != Loop::c && loop != Loop::r && loop != Loop::s; }

// Of each loop: how far one trip of it goes along its dimension, in steps of the innermost.
std::vector<std::int64_t> strides_of(const std::vector<LoopFactor>& loops) {
  std::vector<std::int64_t> strides(loops.size());
  LoopExtents inner{1, 1, 1, 1, 1, 1, 1};
  for (std::size_t i = loops.size(); i-- > 0;) {
    strides[i] = at(inner, loops[i].loop);
    at(inner, loops[i].loop) *= loops[i].factor;
  }
  return strides;
}

class Steps {
 public:
  Steps(const ConvProblem& p, const ConvTiling& t)
      : loops_(t.mapped->tiles),
        strides_(strides_of(loops_)),
        height_(ceil_div(p.out_h, t.height)),
        width_(ceil_div(p.out_w, t.width)),
        columns_(ceil_div(p.kernel[1], t.mapped->taps[1])),
        channels_(ceil_div(p.group_in, t.channels)) {}

  std::vector<MappedStep> take() {
    nest(0, {}, 0);
    return std::move(steps_);
  }

 private:
  void nest(std::size_t depth, LoopExtents index, std::int64_t turn) {
    if (depth == loops_.size()) return visit(index, turn);
    const LoopFactor& loop = loops_[depth];
    const std::int64_t first = at(index, loop.loop);
    for (std::int64_t i = 0; i < loop.factor; ++i) {
      at(index, loop.loop) = first + i * strides_[depth];
      nest(depth + 1, index, is_output(loop.loop) ? turn * loop.factor + i : turn);
    }
  }

  void visit(LoopExtents index, std::int64_t turn) {
    const auto of = [&](Loop loop) { return at(index, loop); };
    const std::int64_t pixels = (of(Loop::n) * height_ + of(Loop::q)) * width_ + of(Loop::p);
    const std::int64_t block = (of(Loop::s) * columns_ + of(Loop::r)) * channels_ + of(Loop::c);
    steps_.push_back({static_cast<std::size_t>(pixels), static_cast<std::size_t>(of(Loop::k)),
                      static_cast<std::size_t>(block), turn});
  }

  const std::vector<LoopFactor>& loops_;
  std::vector<std::int64_t> strides_;
  std::int64_t height_, width_, columns_, channels_;  // tiles
  std::vector<MappedStep> steps_;
};

}  // namespace

std::vector<MappedStep> mapped_steps(const ConvProblem& problem, const ConvTiling& tiling) {
  return Steps(problem, tiling).take();
}

void order_products(std::vector<ArrayTile>& tiles, const MappedLoops& mapped,
                    const WeightBlock& block) {
  const std::vector<std::int64_t> strides = strides_of(mapped.products);
  const auto trips = [&](const ArrayTile& tile) {
    const std::int64_t tap = tile.k_begin / block.channels;
    LoopExtents index{};
    at(index, Loop::k) = tile.column_tile;
    at(index, Loop::s) = tap / block.taps[1];
    at(index, Loop::r) = tap % block.taps[1];
    at(index, Loop::c) = tile.k_begin % block.channels / mapped.rows;
    std::vector<std::int64_t> digits;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      const LoopFactor& loop = mapped.products[i];
      digits.push_back(at(index, loop.loop) / strides[i] % loop.factor);
    }
    return digits;
  };
  std::stable_sort(tiles.begin(), tiles.end(),
                   [&](const ArrayTile& a, const ArrayTile& b) { return trips(a) < trips(b); });
}

}  // namespace systolith
