#include "compiler/codegen/weight_packing.h"

#include <algorithm>
#include <cstring>

#include "compiler/codegen/mapped_order.h"
#include "compiler/codegen/sparse_weights.h"
#include "hw/arith/int4.h"
#include "hw/arith/sparse_tile.h"

namespace systolith {
namespace {

class Packer {
 public:
  Packer(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p, const ConvTiling& t)
      : context_(context), conv_(conv), p_(p), t_(t) {}

  PackedWeights pack() {
    PackedWeights packed;
    packed.has_bias = !conv_.bias_int.empty() || !conv_.bias_float.empty();
    for (std::int64_t group = 0; group < p_.groups; group += t_.groups)
      for (std::int64_t column = 0; column < p_.group_out; column += t_.columns)
        packed.tiles.push_back(tile(group, column));
    for (const PackedTile& w : packed.tiles)
      for (const WeightBlock& b : w.blocks) packed.bytes += b.bytes;
    return packed;
  }

 private:
  PackedTile tile(std::int64_t group, std::int64_t column) {
    PackedTile w;
    w.group_begin = group;
    w.groups = std::min(t_.groups, p_.groups - group);
    w.in_begin = group * p_.group_in;
    w.out_begin = group * p_.group_out + column;
    const std::int64_t columns = std::min(t_.columns, p_.group_out - column);
    w.out_channels = w.groups * columns;
    const std::array<std::int64_t, 2> taps = t_.mapped ? t_.mapped->taps : p_.kernel;
    for (std::int64_t h = 0; h < p_.kernel[0]; h += taps[0])
      for (std::int64_t v = 0; v < p_.kernel[1]; v += taps[1])
        for (std::int64_t c = 0; c < p_.group_in; c += t_.channels) {
          WeightBlock b;
          b.channel_begin = c;
          b.channels = std::min(t_.channels, p_.group_in - c);
          b.tap_begin = {h, v};
          b.taps = taps;
          w.blocks.push_back(std::move(b));
        }
    for (WeightBlock& b : w.blocks) fill(w, column, columns, &b == &w.blocks.back(), b);
    return w;
  }

  void fill(const PackedTile& w, std::int64_t column, std::int64_t columns, bool last,
            WeightBlock& b) {
    b.outputs = w.out_channels;
    b.transposed = t_.stationary == TileOperand::activations;
    if (t_.blocks > 1) {
      diagonal_tiles(w, b);
    } else {
      dense_tiles(w, column, columns, b);
      if (t_.mapped) order_products(b.tiles, *t_.mapped, b);
    }
    b.table_offset = round_up(b.bytes, 4);
    if (last) b.bytes = b.table_offset + table_bytes(w.out_channels);
    const std::uint64_t at = context_.constants.allocate(b.bytes);
    if (context_.constants.with_values()) context_.constants.fill(at, contents(w, b, column, last));
    if (t_.weights_apart) return stream(at, b);
    Transfer load;
    load.system_address = at;
    load.run = b.bytes;
    b.parts.push_back({load, true, false});
  }

  // Loads of some array tiles each: the first may be used when it is there.
  static void stream(std::uint64_t system, WeightBlock& b) {
    constexpr std::int64_t kLeast = 4096;  // bytes worth a command of their own
    std::vector<std::int64_t> ends;  // a mapping takes tiles in another order than they lie in
    for (const ArrayTile& tile : b.tiles) ends.push_back(tile.offset + tile.bytes);
    std::sort(ends.begin(), ends.end());
    const auto add = [&](std::int64_t begin, std::int64_t end, bool table) {
      Transfer load;
      load.system_address = system + static_cast<std::uint64_t>(begin);
      load.local_address = table ? 0 : static_cast<std::uint64_t>(begin);
      load.run = end - begin;
      b.parts.push_back({load, true, table});
    };
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
      if (end - begin < kLeast && end != ends.back()) continue;
      add(begin, end, false);
      begin = end;
    }
    if (b.bytes > b.table_offset) add(b.table_offset, b.bytes, true);
  }

  std::int64_t table_bytes(std::int64_t outputs) const {
    const bool bias = !conv_.bias_int.empty() || !conv_.bias_float.empty();
    return outputs * 4 * (static_cast<std::int64_t>(bias) + !conv_.scale.empty());
  }

  // `column`: the weight tile's first within its group.
  void dense_tiles(const PackedTile& w, std::int64_t column, std::int64_t columns,
                   WeightBlock& b) const {
    const std::int64_t most =
        t_.mapped ? t_.mapped->cols : tile_limits(context_.machine, p_, t_.stationary).channels;
    for (std::int64_t g = 0; g < w.groups; ++g)
      for (std::int64_t n = 0; n < columns; n += most) {
        const std::int64_t count = std::min(most, columns - n);
        b.columns.push_back({static_cast<std::int64_t>(b.columns.size()), g * columns + n, count});
        column_tiles(g, sparsity_of_tiles({w.group_begin + g, column + n, count}), b);
      }
  }

  // Those of the last column tile.
  void column_tiles(std::int64_t group, Sparsity sparsity, WeightBlock& b) const {
    ConvProblem problem = p_;
    problem.sparsity = sparsity;
    const std::int64_t contraction = b.taps[0] * b.taps[1] * b.channels;
    const std::int64_t rows =
        t_.mapped ? t_.mapped->rows
                  : tile_limits(context_.machine, problem, t_.stationary).contraction;
    const std::int64_t run = t_.mapped ? b.channels : contraction;  // that a tile may not leave
    std::int64_t next = 0;
    for (std::int64_t k = 0; k < contraction; k = next) {
      ArrayTile tile;
      next = std::min(k + rows, (k / run + 1) * run);
      tile.rows = next - k;
      tile.cols = b.columns.back().count;
      const bool whole = stores_whole_tiles(context_.machine, problem, t_.stationary);
      tile.row_stride = packed_bytes(p_.weights, whole          ? context_.machine.core.array.cols
                                                 : b.transposed ? tile.rows
                                                                : tile.cols);
      tile.sparsity = sparsity;
      tile.k_begin = k;
      tile.group_offset = group;
      tile.column_tile = b.columns.back().index;
      const std::int64_t lines = b.transposed ? tile.cols : tile.rows;
      const std::int64_t bytes = sparsity.dense() ? lines * tile.row_stride : sparse(tile).bytes();
      append(tile, stored(problem, bytes), b);
    }
  }

  SparseTile sparse(const ArrayTile& tile) const {
    return {tile.rows, tile.cols, tile.row_stride, p_.weights, tile.sparsity};
  }

  // What the weights' own zeros allow, column tile by column tile; of floats the layer's, as the
  // order of their sums is the layer's.
  Sparsity sparsity_of_tiles(const ChannelRange& channels) const {
    if (t_.stationary != TileOperand::weights) return {};
    if (is_float(p_.weights)) return p_.sparsity;
    return sparsity_of(context_.machine, context_.graph, conv_, p_, channels);
  }

  void diagonal_tiles(const PackedTile& w, WeightBlock& b) const {
    for (std::int64_t g = 0; g < w.groups; g += t_.blocks) {
      ArrayTile tile;
      tile.blocks = std::min(t_.blocks, w.groups - g);
      tile.rows = tile.blocks * p_.taps() * p_.group_in;
      tile.cols = tile.blocks * p_.group_out;
      tile.row_stride = packed_bytes(p_.weights, p_.group_out);
      tile.group_offset = g;
      tile.column_tile = static_cast<std::int64_t>(b.columns.size());
      b.columns.push_back({tile.column_tile, g * p_.group_out, tile.cols});
      append(tile, stored(p_, tile.rows * tile.row_stride), b);
    }
  }

  // Of an array tile that takes so many bytes itself.
  std::int64_t stored(const ConvProblem& problem, std::int64_t own) const {
    const bool whole = stores_whole_tiles(context_.machine, problem, t_.stationary);
    return whole ? whole_tile_bytes(context_.machine, p_) : own;
  }

  static void append(ArrayTile& tile, std::int64_t bytes, WeightBlock& b) {
    tile.offset = b.bytes;
    tile.bytes = bytes;
    b.bytes += bytes;
    b.tiles.push_back(tile);
  }

  std::vector<std::uint8_t> contents(const PackedTile& w, const WeightBlock& b, std::int64_t column,
                                     bool last) const {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(b.bytes));
    for (const ArrayTile& tile : b.tiles) {
      if (tile.sparsity.dense()) {
        copy_tile(w, b, tile, column, bytes.data() + tile.offset);
        continue;
      }
      std::vector<std::uint8_t> dense(static_cast<std::size_t>(tile.rows * tile.row_stride));
      copy_tile(w, b, tile, column, dense.data());
      compress(sparse(tile), dense.data(), bytes.data() + tile.offset);
    }
    if (!last) return bytes;
    std::uint8_t* table = bytes.data() + b.table_offset;
    const auto copy_words = [&](const auto& words) {
      if (words.empty()) return;
      const auto count = static_cast<std::size_t>(w.out_channels);
      std::memcpy(table, words.data() + w.out_begin, count * 4);
      table += count * 4;
    };
    copy_words(conv_.bias_int);
    copy_words(conv_.bias_float);
    copy_words(conv_.scale);
    return bytes;
  }

  // A column's contraction indices side by side.
  void copy_columns(const PackedTile& w, const WeightBlock& b, const ArrayTile& tile,
                    std::int64_t first, std::uint8_t* to) const {
    const std::uint8_t* from = context_.graph.tensor(conv_.weights).data.data();
    for (std::int64_t n = 0; n < tile.cols; ++n, to += tile.row_stride)
      for (std::int64_t r = 0; r < tile.rows; ++r) {
        const std::int64_t element =
            element_of(w.group_begin + tile.group_offset, b, tile.k_begin + r) + first + n;
        if (units_per_byte(p_.weights) == 2) {
          set_int4(to, r, from[element]);
          continue;
        }
        const std::int64_t bytes = bytes_of(p_.weights);
        std::memcpy(to + r * bytes, from + element * bytes, static_cast<std::size_t>(bytes));
      }
  }

  // Of output channel 0 of the group.
  std::int64_t element_of(std::int64_t group, const WeightBlock& b, std::int64_t k) const {
    const std::int64_t at = k / b.channels, c = b.channel_begin + k % b.channels;
    const std::int64_t row = b.tap_begin[0] + at / b.taps[1];
    const std::int64_t tap = row * p_.kernel[1] + b.tap_begin[1] + at % b.taps[1];
    return ((group * p_.taps() + tap) * p_.group_in + c) * p_.group_out;
  }

  void copy_row(const std::uint8_t* from, std::int64_t element, std::int64_t cols,
                std::uint8_t* to) const {
    if (units_per_byte(p_.weights) == 1) {
      const std::int64_t bytes = bytes_of(p_.weights);
      std::memcpy(to, from + element * bytes, static_cast<std::size_t>(cols * bytes));
      return;
    }
    for (std::int64_t c = 0; c < cols; ++c) set_int4(to, c, from[element + c]);
  }

  void copy_tile(const PackedTile& w, const WeightBlock& b, const ArrayTile& tile,
                 std::int64_t column, std::uint8_t* to) const {
    const std::uint8_t* from = context_.graph.tensor(conv_.weights).data.data();
    const std::int64_t rows = tile.rows / tile.blocks, cols = tile.cols / tile.blocks;
    // The first column within its group; a diagonal tile takes whole groups.
    const std::int64_t begin = b.columns[static_cast<std::size_t>(tile.column_tile)].begin;
    const std::int64_t n =
        t_.blocks > 1 ? 0 : column + begin - tile.group_offset * (w.out_channels / w.groups);
    if (b.transposed) return copy_columns(w, b, tile, n, to);
    for (std::int64_t block = 0; block < tile.blocks; ++block) {
      const std::int64_t group = w.group_begin + tile.group_offset + block;
      for (std::int64_t r = 0; r < rows; ++r) {
        copy_row(from, element_of(group, b, tile.k_begin + r) + n, cols, to);
        to += tile.row_stride;
      }
    }
  }

  CodegenContext& context_;
  const ConvKernel& conv_;
  const ConvProblem& p_;
  const ConvTiling& t_;
};

}  // namespace

PackedWeights pack_weights(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
                           const ConvTiling& t) {
  return Packer(context, conv, p, t).pack();
}

}  // namespace systolith
