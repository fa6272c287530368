#include "hw/arith/sparse_tile.h"

#include <cstring>

#include "hw/arith/int4.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// One element of a row, whatever its width.
bool is_zero(const std::uint8_t* row, std::int64_t col, Format format) {
  if (units_per_byte(format) == 2) return int4_at(row, col) == 0;
  const std::int64_t size = bytes_of(format);
  for (std::int64_t i = 0; i < size; ++i)
    if (row[col * size + i] != 0) return false;
  return true;
}

void copy_element(const std::uint8_t* from, std::uint8_t* to, std::int64_t col, Format format) {
  if (units_per_byte(format) == 2) {
    set_int4(to, col, int4_at(from, col));
    return;
  }
  const std::int64_t size = bytes_of(format);
  std::memcpy(to + col * size, from + col * size, static_cast<std::size_t>(size));
}

void set_bits(std::uint8_t* row, std::int64_t at, int bits, std::int64_t value) {
  for (int i = 0; i < bits; ++i)
    if ((value >> i & 1) != 0)
      row[(at + i) / 8] = static_cast<std::uint8_t>(row[(at + i) / 8] | 1U << (at + i) % 8);
}

std::int64_t get_bits(const std::uint8_t* row, std::int64_t at, int bits) {
  std::int64_t value = 0;
  for (int i = 0; i < bits; ++i) value |= std::int64_t{row[(at + i) / 8] >> (at + i) % 8 & 1} << i;
  return value;
}

// Places of a column's weights in a group of m dense rows, n of them: those of the weights, and
// some of zeros where there are fewer.
std::vector<std::int64_t> places(const SparseTile& tile, const std::uint8_t* group,
                                 std::int64_t col) {
  std::vector<std::int64_t> taken, free;
  for (std::int64_t i = 0; i < tile.sparsity.m; ++i)
    (is_zero(group + i * tile.row_stride, col, tile.format) ? free : taken).push_back(i);
  SYSTOLITH_CHECK(static_cast<std::int64_t>(taken.size()) <= tile.sparsity.n,
                  "{} weights other than zero where {} says {}", taken.size(),
                  to_string(tile.sparsity), tile.sparsity.n);
  for (std::size_t i = 0; static_cast<std::int64_t>(taken.size()) < tile.sparsity.n; ++i)
    taken.push_back(free[i]);
  return taken;
}

}  // namespace

void compress(const SparseTile& tile, const std::uint8_t* dense, std::uint8_t* to) {
  const int bits = tile.sparsity.index_bits();
  std::uint8_t* indices = to + tile.stored_bytes();
  for (std::int64_t first = 0; first < tile.rows; first += tile.sparsity.m) {
    const std::uint8_t* group = dense + first * tile.row_stride;
    const std::int64_t row = tile.sparsity.stored(first);
    for (std::int64_t c = 0; c < tile.cols; ++c) {
      std::int64_t at = row;
      for (const std::int64_t place : places(tile, group, c)) {
        copy_element(group + place * tile.row_stride, to + at * tile.row_stride, c, tile.format);
        set_bits(indices + at * tile.sparsity.index_bytes(tile.cols), c * bits, bits, place);
        ++at;
      }
    }
  }
}

std::vector<std::uint8_t> expand(const SparseTile& tile, const std::uint8_t* stored) {
  std::vector<std::uint8_t> dense(static_cast<std::size_t>(tile.rows * tile.row_stride));
  const int bits = tile.sparsity.index_bits();
  const std::uint8_t* indices = stored + tile.stored_bytes();
  for (std::int64_t row = 0; row < tile.sparsity.stored(tile.rows); ++row) {
    const std::uint8_t* places = indices + row * tile.sparsity.index_bytes(tile.cols);
    const std::int64_t first = row / tile.sparsity.n * tile.sparsity.m;
    for (std::int64_t c = 0; c < tile.cols; ++c) {
      const std::uint8_t* from = stored + row * tile.row_stride;
      if (is_zero(from, c, tile.format)) continue;  // a place that no weight needed
      std::uint8_t* to =
          dense.data() + (first + get_bits(places, c * bits, bits)) * tile.row_stride;
      copy_element(from, to, c, tile.format);
    }
  }
  return dense;
}

}  // namespace systolith
