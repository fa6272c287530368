// Weights in the order in which the array takes them: per block some array tiles and, behind them,
// the bias and scale of its output channels. Constants are packed so that a block is one contiguous
// load; what a run computes or updates is brought into that order by strided ones.
#pragma once

#include "compiler/codegen/context.h"
#include "compiler/tiling/conv_tiling.h"

namespace systolith {

struct ArrayTile {                                     // one Preload
  std::int64_t offset = 0, bytes = 0, row_stride = 0;  // within the block
  std::int64_t rows = 0, cols = 0, blocks = 1;
  Sparsity sparsity;
  std::int64_t k_begin = 0;       // within the block's contraction
  std::int64_t group_offset = 0;  // groups from the weight tile's first
  std::int64_t column_tile = 0;   // index in WeightBlock::columns
};
struct ColumnTile {                              // output channels that share an array pass
  std::int64_t index = 0, begin = 0, count = 0;  // channels from the weight tile's first
};
struct WeightPart {  // one Load; its local address counts from the block's or the table's first
                     // byte
  Transfer transfer;
  bool is_constant = true;  // what it reads is written by nobody
  bool is_table = false;    // nothing but biases and scales
};
struct WeightBlock {
  std::vector<WeightPart> parts;
  std::int64_t bytes = 0, table_offset = 0;
  bool transposed = false;                                  // its tiles lie column by column
  std::int64_t channel_begin = 0, channels = 0;             // of a group's input
  std::array<std::int64_t, 2> tap_begin{0, 0}, taps{1, 1};  // of the kernel's rows and columns
  std::int64_t outputs = 0;
  std::vector<ArrayTile> tiles;
  std::vector<ColumnTile> columns;
};
struct PackedTile {  // output channels of one item
  std::int64_t group_begin = 0, groups = 1;
  std::int64_t in_begin = 0, out_begin = 0, out_channels = 0;
  std::vector<WeightBlock> blocks;  // along the contraction
};
struct PackedWeights {
  std::vector<PackedTile> tiles;
  std::int64_t bytes = 0;
  bool has_bias = false;
};

// Of a convolution with a walk: `weights` and `bias` (per channel, where it has one) in memory.
PackedWeights walk_weights(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
                           const ConvTiling& t);
PackedWeights pack_weights(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
                           const ConvTiling& t);

}  // namespace systolith
