#include "hw/array/tile_product.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "hw/arith/codecs.h"
#include "hw/arith/int4.h"

namespace systolith {
namespace {

constexpr std::int64_t kLane = 8;  // int16 operands are padded to whole 128-bit registers

// A code of a row, as the integer it is.
std::int16_t integer_at(const std::uint8_t* row, std::int64_t column, Format format) {
  if (units_per_byte(format) == 2)
    return static_cast<std::int16_t>(half_byte_at(row, column, format));
  if (format == Format::int8) return static_cast<std::int8_t>(row[column]);
  if (format == Format::uint8) return row[column];
  std::int16_t code = 0;
  std::memcpy(&code, row + 2 * column, sizeof code);
  return code;
}

// One block of the tile: weights are [col][row], fed rows `k` apart, k padded.
struct IntegerBlock {
  const std::int16_t* weights;
  const std::int16_t* fed;
  std::int64_t k, sum_stride;
  std::uint32_t* sums;  // of the block's first column
  bool accumulate;
  Overflow overflow;
  bool column_overflows;  // may do so, and saturates where it does
};

void put(const IntegerBlock& block, std::int64_t row, std::int64_t col, std::int32_t sum) {
  std::uint32_t& word = block.sums[row * block.sum_stride + col];
  const std::int32_t before = block.accumulate ? wrapped(word) : 0;
  word = static_cast<std::uint32_t>(add(before, sum, block.overflow));
}

// kRows rows of a against kCols of b, all of length k: their dot products modulo 2^32. The compiler
// turns the loop over x into vector multiply-adds of pairs with all sums in registers.
template <int kRows, int kCols>
void dot_products(const std::int16_t* a, const std::int16_t* b, std::int64_t k,
                  std::uint32_t (&out)[kRows][kCols]) {
  std::uint32_t sum[kRows][kCols] = {};
  for (std::int64_t x = 0; x < k; ++x)
    for (int i = 0; i < kRows; ++i)
      for (int j = 0; j < kCols; ++j)
        sum[i][j] += static_cast<std::uint32_t>(std::int32_t{a[i * k + x]} * b[j * k + x]);
  std::memcpy(out, sum, sizeof sum);
}

template <int kRows, int kCols>
void integer_patch(const IntegerBlock& block, std::int64_t row, std::int64_t col) {
  std::uint32_t out[kRows][kCols];
  dot_products<kRows, kCols>(block.fed + row * block.k, block.weights + col * block.k, block.k,
                             out);
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kCols; ++j) put(block, row + i, col + j, wrapped(out[i][j]));
}

template <int kCols>
void saturating_patch(const IntegerBlock& block, std::int64_t row, std::int64_t col) {
  const std::int16_t* a = block.fed + row * block.k;
  const std::int16_t* b = block.weights + col * block.k;
  std::int32_t sum[kCols] = {};
  for (std::int64_t x = 0; x < block.k; ++x)
    for (int j = 0; j < kCols; ++j)
      sum[j] = saturated(std::int64_t{sum[j]} + std::int32_t{a[x]} * b[j * block.k + x]);
  for (int j = 0; j < kCols; ++j) put(block, row, col + j, sum[j]);
}

void saturating_block(const IntegerBlock& block, std::int64_t m, std::int64_t n) {
  std::int64_t col = 0;
  for (; col + 4 <= n; col += 4)
    for (std::int64_t row = 0; row < m; ++row) saturating_patch<4>(block, row, col);
  for (; col < n; ++col)
    for (std::int64_t row = 0; row < m; ++row) saturating_patch<1>(block, row, col);
}

void integer_block(const IntegerBlock& block, std::int64_t m, std::int64_t n) {
  if (block.column_overflows) return saturating_block(block, m, n);
  std::int64_t col = 0;
  for (; col + 4 <= n; col += 4) {
    std::int64_t row = 0;
    for (; row + 3 <= m; row += 3) integer_patch<3, 4>(block, row, col);
    for (; row < m; ++row) integer_patch<1, 4>(block, row, col);
  }
  for (; col < n; ++col)
    for (std::int64_t row = 0; row < m; ++row) integer_patch<1, 1>(block, row, col);
}

// Fed rows of one block, widened and padded with zeros.
void widen_block(const WeightTile& tile, const ProductShape& shape, std::int64_t block,
                 ProductBuffer& buffer) {
  const std::int64_t k = tile.block_rows();
  with_integer_code(shape.format, [&](auto code) {
    constexpr auto kWidth = static_cast<std::int64_t>(sizeof code);
    for (std::int64_t i = 0; i < shape.m; ++i) {
      const std::uint8_t* from = buffer.codes.data() + (i * tile.rows + block * k) * kWidth;
      std::int16_t* to = buffer.integers.data() + i * tile.stride;
      for (std::int64_t x = 0; x < k; ++x) {
        decltype(code) wide;
        std::memcpy(&wide, from + x * kWidth, sizeof wide);
        to[x] = static_cast<std::int16_t>(wide);
      }
    }
  });
}

std::int64_t largest_magnitude(Format format) {
  const auto [low, high] = code_range(format);
  return std::max(-low, high);
}

bool may_overflow(std::int64_t k, Format a, Format b) {
  return k * largest_magnitude(a) * largest_magnitude(b) > std::numeric_limits<std::int32_t>::max();
}

void integer_product(const WeightTile& tile, const ProductShape& shape, std::uint32_t* sums,
                     ProductBuffer& buffer) {
  const std::int64_t n = tile.block_cols();
  const bool column_overflows = shape.overflow == Overflow::saturate &&
                                may_overflow(tile.block_rows(), shape.format, tile.format);
  buffer.integers.assign(static_cast<std::size_t>(shape.m * tile.stride), 0);
  for (std::int64_t block = 0; block < tile.blocks; ++block) {
    widen_block(tile, shape, block, buffer);
    integer_block(
        {tile.integers.data() + block * n * tile.stride, buffer.integers.data(), tile.stride,
         shape.sum_stride, sums + block * n, shape.accumulate, shape.overflow, column_overflows},
        shape.m, n);
  }
}

// One block of the tile: weights are [row][col].
struct FloatBlock {
  const float* weights;
  const float* fed;
  std::int64_t k, n, fed_stride, sum_stride;
  std::uint32_t* sums;  // of the block's first column
  bool accumulate;
};

// Four floats in a register (GCC and Clang, any processor); left to itself GCC 12 vectorises along
// k, with shuffles, at a third of the speed.
using Lane = float __attribute__((vector_size(16)));
constexpr int kLaneFloats = 4;

Lane load_lane(const void* from) {
  Lane lane;
  std::memcpy(&lane, from, sizeof lane);
  return lane;
}

// kRows x (kLanes * 4) sums in registers: columns in parallel, k strictly in order for each.
template <int kRows, int kLanes>
void float_patch(const FloatBlock& block, std::int64_t row, std::int64_t col) {
  const float* fed = block.fed + row * block.fed_stride;
  const float* weights = block.weights + col;
  Lane sum[kRows][kLanes] = {};
  for (std::int64_t x = 0; x < block.k; ++x)
    for (int i = 0; i < kRows; ++i)
      for (int j = 0; j < kLanes; ++j)
        sum[i][j] +=
            fed[i * block.fed_stride + x] * load_lane(weights + x * block.n + j * kLaneFloats);
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kLanes; ++j) {
      std::uint32_t* words = block.sums + (row + i) * block.sum_stride + col + j * kLaneFloats;
      const Lane result = block.accumulate ? load_lane(words) + sum[i][j] : sum[i][j];
      std::memcpy(words, &result, sizeof result);
    }
}

void float_single(const FloatBlock& block, std::int64_t row, std::int64_t col) {
  const float* fed = block.fed + row * block.fed_stride;
  float sum = 0;
  for (std::int64_t x = 0; x < block.k; ++x) sum += fed[x] * block.weights[x * block.n + col];
  std::uint32_t* word = block.sums + row * block.sum_stride + col;
  float before = 0;
  std::memcpy(&before, word, sizeof before);
  if (block.accumulate) sum = before + sum;
  std::memcpy(word, &sum, sizeof sum);
}

void float_block(const FloatBlock& block, std::int64_t m) {
  std::int64_t col = 0;
  for (; col + 8 <= block.n; col += 8) {
    std::int64_t row = 0;
    for (; row + 4 <= m; row += 4) float_patch<4, 2>(block, row, col);
    for (; row < m; ++row) float_patch<1, 2>(block, row, col);
  }
  for (; col < block.n; ++col)
    for (std::int64_t row = 0; row < m; ++row) float_single(block, row, col);
}

void widen_floats(const std::uint8_t* codes, std::int64_t count, Format format, float* to) {
  with_float_codec(format, [&](auto codec) {
    typename decltype(codec)::Code code;
    for (std::int64_t i = 0; i < count; ++i, codes += sizeof code) {
      std::memcpy(&code, codes, sizeof code);
      to[i] = codec.decode(code);
    }
  });
}

void float_product(const WeightTile& tile, const ProductShape& shape, std::uint32_t* sums,
                   ProductBuffer& buffer) {
  const std::int64_t k = tile.block_rows(), n = tile.block_cols();
  const std::int64_t elements = shape.m * tile.rows;
  buffer.floats.resize(static_cast<std::size_t>(elements));
  widen_floats(buffer.codes.data(), elements, shape.format, buffer.floats.data());
  for (std::int64_t block = 0; block < tile.blocks; ++block)
    float_block({tile.floats.data() + block * k * n, buffer.floats.data() + block * k, k, n,
                 tile.rows, shape.sum_stride, sums + block * n, shape.accumulate},
                shape.m);
}

}  // namespace

WeightTile pack_weights(const std::uint8_t* codes, std::int64_t row_stride, std::int64_t rows,
                        std::int64_t cols, std::int64_t blocks, Format format, bool transposed) {
  WeightTile tile;
  tile.rows = rows;
  tile.cols = cols;
  tile.blocks = blocks;
  tile.format = format;
  const std::int64_t k = tile.block_rows(), n = tile.block_cols();
  const auto row_of = [&](std::int64_t r, std::int64_t c) { return transposed ? c : r; };
  const auto place_in_row = [&](std::int64_t r, std::int64_t c) { return transposed ? r : c; };
  if (is_float(format)) {
    tile.floats.resize(static_cast<std::size_t>(rows * n));
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < n; ++c)
        widen_floats(codes + row_of(r, c) * row_stride + bytes_of(format) * place_in_row(r, c), 1,
                     format, &tile.floats[static_cast<std::size_t>(r * n + c)]);
    return tile;
  }
  tile.stride = round_up(k, kLane);
  tile.integers.resize(static_cast<std::size_t>(cols * tile.stride));
  for (std::int64_t b = 0; b < blocks; ++b)
    for (std::int64_t r = 0; r < k; ++r)
      for (std::int64_t c = 0; c < n; ++c)
        tile.integers[static_cast<std::size_t>((b * n + c) * tile.stride + r)] =
            integer_at(codes + row_of(b * k + r, c) * row_stride, place_in_row(r, c), format);
  return tile;
}

void tile_product(const WeightTile& tile, const ProductShape& shape, std::uint32_t* sums,
                  ProductBuffer& buffer) {
  if (is_float(tile.format))
    float_product(tile, shape, sums, buffer);
  else
    integer_product(tile, shape, sums, buffer);
}

}  // namespace systolith
