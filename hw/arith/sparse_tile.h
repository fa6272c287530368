// A tile of N:M sparse weights as it lies in memory: the stored weights row by row, `row_stride`
// bytes apart, and right behind them their places among m, row by row, index_bits() each, the first
// column's lowest.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arith/format.h"
#include "hw/arith/sparsity.h"

namespace systolith {

struct SparseTile {
  std::int64_t rows = 0, cols = 0;  // dense
  std::int64_t row_stride = 0;      // bytes, of stored rows and of dense ones
  Format format = Format::int8;
  Sparsity sparsity;

  std::int64_t stored_bytes() const { return sparsity.stored(rows) * row_stride; }
  std::int64_t bytes() const {
    return stored_bytes() + sparsity.stored(rows) * sparsity.index_bytes(cols);
  }
};

// Dense rows to stored ones and their places, tile.bytes() from `to` on. Requires: no column has
// more than n weights other than zero in a group of m.
void compress(const SparseTile& tile, const std::uint8_t* dense, std::uint8_t* to);
// And back.
std::vector<std::uint8_t> expand(const SparseTile& tile, const std::uint8_t* stored);

}  // namespace systolith
