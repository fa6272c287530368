// The arithmetic of one tile: streamed rows times stationary weights. Plain C++; the order of
// summation is the array's, so results are defined to the bit.
//   integers: exact products of any two formats of at most 16 bits, summed in int32. `wrap`: modulo
//             2^32; `saturate`: every addition clamps, down the column (k in ascending order from
//             zero) and then into the accumulator
//   floats:   products of any two formats in fp32 (exact where both have at most 12 bits of
//             precision and the exponent fits, else rounded); a pass sums its k in ascending order
//             from zero
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arith/overflow.h"
#include "hw/arith/packing.h"
#include "hw/arith/sparsity.h"
#include "hw/base/tile_operand.h"

namespace systolith {

// Weights, or activations that are held in their place, packed for the product. `rows` x `cols` of
// all blocks together.
struct WeightTile {
  std::int64_t rows = 0, cols = 0, blocks = 1;
  Format format = Format::int8;
  PeRate rate;  // with what it is multiplied with
  TileOperand stationary = TileOperand::weights;
  Sparsity sparsity;  // of what the PEs hold; the numbers here are dense
  // Integers: widened to int16, [block][col][row], rows padded with zeros to `stride`.
  std::int64_t stride = 0;
  std::vector<std::int16_t> integers;
  // Floats: as fp32, [block][row][col].
  std::vector<float> floats;

  std::int64_t block_rows() const { return rows / blocks; }
  std::int64_t block_cols() const { return cols / blocks; }
};

// `codes`: blocks dense tiles one after the other, rows (transposed: columns) `row_stride` bytes
// apart.
WeightTile pack_weights(const std::uint8_t* codes, std::int64_t row_stride, std::int64_t rows,
                        std::int64_t cols, std::int64_t blocks, Format format,
                        bool transposed = false);

// Scratch memory that survives between products.
struct ProductBuffer {
  std::vector<std::uint8_t> codes;     // the fed rows, dense; int4 as int8, uint4 as uint8
  std::vector<std::int16_t> integers;  // one block's operand
  std::vector<float> floats;
};

struct ProductShape {
  std::int64_t m = 0;            // fed rows
  Format format = Format::int8;  // of their elements: float where the weights are
  bool accumulate = false;
  std::int64_t sum_stride = 0;  // words between rows of sums
  Overflow overflow = Overflow::wrap;
};

// For each of m fed rows (dense codes, tile.rows elements each, in `buffer.codes`): its product
// with the tile is summed into, or replaces, the first tile.cols words of sums + row * sum_stride.
void tile_product(const WeightTile& tile, const ProductShape& shape, std::uint32_t* sums,
                  ProductBuffer& buffer);

}  // namespace systolith
