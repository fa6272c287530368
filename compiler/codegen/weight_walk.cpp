// Weights that a run computes or updates, brought into the array's order by strided loads.
#include <algorithm>

#include "compiler/codegen/weight_packing.h"

namespace systolith {
namespace {

struct WalkLoop {
  std::int64_t count, system, local;  // strides in elements
};

// A run and at most three loops, in bytes; loops that continue one another are one.
Transfer strided(std::vector<WalkLoop> loops, std::int64_t run, std::int64_t element) {
  Transfer transfer;
  transfer.run = run;
  std::size_t next = 3;
  for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
    if (loop->count == 1) continue;
    if (next == 3 && loop->system == transfer.run && loop->local == transfer.run) {
      transfer.run *= loop->count;
      continue;
    }
    SYSTOLITH_CHECK(next > 0, "weights need more than {} loops", transfer.loops.size());
    transfer.loops[--next] = {loop->count, loop->system * element, loop->local * element};
  }
  transfer.run *= element;
  return transfer;
}

class Walker {
 public:
  Walker(const CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
         const ConvTiling& t)
      : context_(context),
        conv_(conv),
        walk_(*conv.walk),
        p_(p),
        t_(t),
        element_(bytes_of(p.weights)),
        transposed_(walk_.strides[3] != 1) {}

  PackedWeights walk() const {
    PackedWeights weights;
    weights.has_bias = conv_.bias != kNoTensor;
    for (std::int64_t group = 0; group < p_.groups; ++group)
      for (std::int64_t column = 0; column < p_.group_out; column += t_.columns)
        weights.tiles.push_back(tile(group, column));
    for (const PackedTile& w : weights.tiles)
      for (const WeightBlock& b : w.blocks) weights.bytes += b.bytes;
    return weights;
  }

 private:
  PackedTile tile(std::int64_t group, std::int64_t column) const {
    PackedTile w;
    w.group_begin = group;
    w.in_begin = group * p_.group_in;
    w.out_begin = group * p_.group_out + column;
    w.out_channels = std::min(t_.columns, p_.group_out - column);
    for (std::int64_t c = 0; c < p_.group_in; c += t_.channels) {
      WeightBlock b;
      b.channel_begin = c;
      b.channels = std::min(t_.channels, p_.group_in - c);
      b.taps = p_.kernel;
      b.outputs = w.out_channels;
      b.transposed = transposed_;
      b.parts.push_back({load(group, column, b), false, false});
      array_tiles(b);
      b.bytes = p_.taps() * b.channels * b.outputs * element_;
      b.table_offset = round_up(b.bytes, 4);
      const bool last = c + t_.channels >= p_.group_in;
      if (last && conv_.bias != kNoTensor) append_bias(w, b);
      w.blocks.push_back(std::move(b));
    }
    return w;
  }

  // To [kh][kw][c][k], or transposed [k][kh][kw][c].
  Transfer load(std::int64_t group, std::int64_t column, const WeightBlock& b) const {
    const std::int64_t depth = p_.taps() * b.channels;
    const std::int64_t c = transposed_ ? 1 : b.outputs;  // local strides
    const std::int64_t k = transposed_ ? depth : 1;
    const std::int64_t kw = b.channels * c, kh = p_.kernel[1] * kw;
    const WalkLoop rows{p_.kernel[0], walk_.strides[0], kh};
    const WalkLoop cols{p_.kernel[1], walk_.strides[1], kw};
    Transfer transfer =
        transposed_ ? strided({{b.outputs, walk_.strides[3], k}, rows, cols}, b.channels, element_)
                    : strided({rows, cols, {b.channels, walk_.strides[2], c}}, b.outputs, element_);
    transfer.system_address =
        context_.view(conv_.weights).address +
        static_cast<std::uint64_t>(walk_.at(group, 0, 0, b.channel_begin, column) * element_);
    return transfer;
  }

  void array_tiles(WeightBlock& b) const {
    const TileLimits limits = tile_limits(context_.machine, p_, t_.stationary);
    const std::int64_t depth = p_.taps() * b.channels;
    for (std::int64_t n = 0; n < b.outputs; n += limits.channels) {
      const ColumnTile column{static_cast<std::int64_t>(b.columns.size()), n,
                              std::min(limits.channels, b.outputs - n)};
      for (std::int64_t k = 0; k < depth; k += limits.contraction) {
        ArrayTile tile;
        tile.rows = std::min(limits.contraction, depth - k);
        tile.cols = column.count;
        const std::int64_t line = transposed_ ? depth : b.outputs;
        const std::int64_t first = transposed_ ? n * depth + k : k * b.outputs + n;
        const std::int64_t lines = transposed_ ? tile.cols : tile.rows;
        const std::int64_t last = transposed_ ? tile.rows : tile.cols;
        tile.offset = first * element_;
        tile.row_stride = line * element_;
        tile.bytes = ((lines - 1) * line + last) * element_;
        tile.k_begin = k;
        tile.column_tile = column.index;
        b.tiles.push_back(tile);
      }
      b.columns.push_back(column);
    }
  }

  void append_bias(const PackedTile& w, WeightBlock& b) const {
    WeightPart part;
    part.is_constant = false;
    part.is_table = true;
    part.transfer.system_address =
        context_.view(conv_.bias).address + static_cast<std::uint64_t>(w.out_begin * 4);
    part.transfer.run = w.out_channels * 4;
    b.bytes = b.table_offset + part.transfer.run;
    b.parts.push_back(part);
  }

  const CodegenContext& context_;
  const ConvKernel& conv_;
  const WeightWalk& walk_;
  const ConvProblem& p_;
  const ConvTiling& t_;
  std::int64_t element_;
  bool transposed_;
};

}  // namespace

PackedWeights walk_weights(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
                           const ConvTiling& t) {
  return Walker(context, conv, p, t).walk();
}

}  // namespace systolith
