#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "hw/arith/rounding.h"
#include "hw/array/tile_product.h"

namespace systolith {
namespace {

struct Case {
  std::int64_t m, rows, cols, blocks;
};

std::vector<std::uint8_t> random_codes(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(count));
  for (auto& code : codes) code = static_cast<std::uint8_t>(random());
  return codes;
}

std::vector<std::uint8_t> random_bf16(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(2 * count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint16_t code = to_bf16(normal(random));
    std::memcpy(codes.data() + 2 * i, &code, 2);
  }
  return codes;
}

// The int4 code in the low or high half of a byte, sign-extended by arithmetic.
std::int32_t half(std::uint8_t byte, bool high) {
  const int code = high ? byte / 16 : byte % 16;
  return code < 8 ? code : code - 16;
}

std::int32_t integer(std::uint8_t code, Format format) {
  return format == Format::int8 ? static_cast<std::int8_t>(code) : code;
}

const Case kCases[] = {{1, 1, 1, 1},   {4, 8, 4, 1},   {5, 7, 9, 1}, {13, 128, 128, 1},
                       {6, 27, 33, 1}, {9, 36, 12, 4}, {7, 8, 8, 8}};

class TileProduct : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Shapes, TileProduct, testing::ValuesIn(kCases));

TEST_P(TileProduct, IntegersEqualPlainSums) {
  const auto [m, rows, cols, blocks] = GetParam();
  const std::int64_t n = cols / blocks, k = rows / blocks, stride = cols + 3;
  for (const Format format : {Format::int8, Format::uint8}) {
    const auto weights = random_codes(rows * n, 1);
    const WeightTile tile = pack_weights(weights.data(), n, rows, cols, blocks, Format::int8);
    ProductBuffer buffer;
    buffer.codes = random_codes(m * rows, 2);
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(m * stride), 5);
    tile_product(tile, {m, format, true, stride}, sums.data(), buffer);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t c = 0; c < cols; ++c) {
        std::int32_t sum = 5;
        for (std::int64_t x = 0; x < k; ++x) {
          const std::int64_t r = c / n * k + x;
          sum += integer(buffer.codes[static_cast<std::size_t>(i * rows + r)], format) *
                 integer(weights[static_cast<std::size_t>(r * n + c % n)], Format::int8);
        }
        ASSERT_EQ(static_cast<std::int32_t>(sums[static_cast<std::size_t>(i * stride + c)]), sum);
      }
  }
}

// Streamed int4 codes arrive widened.
TEST_P(TileProduct, Int4OperandsAreSigned) {
  const auto [m, rows, cols, blocks] = GetParam();
  const std::int64_t row_bytes = (cols / blocks + 1) / 2;
  const auto weights = random_codes(rows * row_bytes, 3);
  const WeightTile tile = pack_weights(weights.data(), row_bytes, rows, cols, blocks, Format::int4);
  ProductBuffer narrow, wide;
  for (const std::uint8_t code : random_codes(m * rows, 4))
    narrow.codes.push_back(static_cast<std::uint8_t>(half(code, false)));
  wide.codes = narrow.codes;
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(m * cols)), expected(sums.size());
  tile_product(tile, {m, Format::int4, false, cols}, sums.data(), narrow);
  tile_product(tile, {m, Format::int8, false, cols}, expected.data(), wide);
  EXPECT_EQ(sums, expected);
}

TEST_P(TileProduct, PackedInt4WeightsEqualPlainSums) {
  const auto [m, rows, cols, blocks] = GetParam();
  const std::int64_t n = cols / blocks, k = rows / blocks, row_bytes = (n + 1) / 2;
  const auto weights = random_codes(rows * row_bytes, 1);
  const WeightTile tile = pack_weights(weights.data(), row_bytes, rows, cols, blocks, Format::int4);
  ProductBuffer buffer;
  buffer.codes = random_codes(m * rows, 2);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(m * cols));
  tile_product(tile, {m, Format::int8, false, cols}, sums.data(), buffer);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t c = 0; c < cols; ++c) {
      std::int32_t sum = 0;
      for (std::int64_t r = c / n * k; r < c / n * k + k; ++r)
        sum += integer(buffer.codes[static_cast<std::size_t>(i * rows + r)], Format::int8) *
               half(weights[static_cast<std::size_t>(r * row_bytes + c % n / 2)], c % n % 2 == 1);
      ASSERT_EQ(static_cast<std::int32_t>(sums[static_cast<std::size_t>(i * cols + c)]), sum);
    }
}

TEST_P(TileProduct, FloatsSumInOrderToTheBit) {
  const auto [m, rows, cols, blocks] = GetParam();
  const std::int64_t n = cols / blocks, k = rows / blocks;
  const auto value = [](const std::vector<std::uint8_t>& codes, std::int64_t index) {
    std::uint16_t code = 0;
    std::memcpy(&code, codes.data() + 2 * index, 2);
    return from_bf16(code);
  };
  const auto weights = random_bf16(rows * n, 1);
  const WeightTile tile = pack_weights(weights.data(), 2 * n, rows, cols, blocks, Format::bf16);
  ProductBuffer buffer;
  buffer.codes = random_bf16(m * rows, 2);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(m * cols));
  for (const bool accumulate : {false, true})
    tile_product(tile, {m, Format::bf16, accumulate, cols}, sums.data(), buffer);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t c = 0; c < cols; ++c) {
      float sum = 0;
      for (std::int64_t x = 0; x < k; ++x) {
        const std::int64_t r = c / n * k + x;
        sum += value(buffer.codes, i * rows + r) * value(weights, r * n + c % n);
      }
      const float twice = sum + sum;
      std::uint32_t bits = 0;
      std::memcpy(&bits, &twice, sizeof bits);
      ASSERT_EQ(sums[static_cast<std::size_t>(i * cols + c)], bits) << i << ' ' << c;
    }
}

// A format's codes, a byte or two each, as they are streamed.
std::vector<std::uint8_t> streamed(Format format, const std::vector<std::int32_t>& values) {
  std::vector<std::uint8_t> codes;
  for (const std::int32_t value : values) {
    codes.push_back(static_cast<std::uint8_t>(value));
    if (format == Format::int16) codes.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  return codes;
}

// The same as they lie in memory, one column.
std::vector<std::uint8_t> column(Format format, const std::vector<std::int32_t>& values) {
  std::vector<std::uint8_t> codes = streamed(format, values);
  if (units_per_byte(format) == 2)
    for (auto& code : codes) code &= 0xF;
  return codes;
}

// Corners and random codes of a format.
std::vector<std::int32_t> corner_values(Format format, std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  const auto [low, high] = code_range(format);
  std::uniform_int_distribution<std::int32_t> any(low, high), kind(0, 3);
  std::vector<std::int32_t> values;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t choice = kind(random);
    values.push_back(choice == 0 ? low : choice < 3 ? high : any(random));
  }
  return values;
}

// In wide integers: exact, then brought back after every addition.
std::int64_t added(std::int64_t a, std::int64_t b, Overflow overflow) {
  constexpr std::int64_t kLow = -2147483648LL, kHigh = 2147483647LL, kTurn = 4294967296LL;
  const std::int64_t sum = a + b;
  if (overflow == Overflow::saturate) return sum < kLow ? kLow : sum > kHigh ? kHigh : sum;
  return ((sum - kLow) % kTurn + kTurn) % kTurn + kLow;
}

TEST(TileProductOverflow, EveryPairOfIntegersEqualsAPlainLoopOfWideOnes) {
  const Format formats[] = {Format::int4, Format::uint4, Format::int8, Format::uint8,
                            Format::int16};
  for (const Format weights : formats)
    for (const Format fed : formats)
      for (const Overflow overflow : {Overflow::wrap, Overflow::saturate})
        for (const std::int64_t k : {1, 2, 3, 17, 300}) {
          const auto w = corner_values(weights, k, 1), x = corner_values(fed, 5 * k, 2);
          const auto codes = column(weights, w);
          const WeightTile tile = pack_weights(codes.data(), units_of(weights), k, 1, 1, weights);
          ProductBuffer buffer;
          buffer.codes = streamed(fed, x);
          std::vector<std::uint32_t> sums = {0x7FFFFF00, 0x80000010, 0, 1, 0xFFFFFFFF};
          const std::vector<std::uint32_t> before = sums;
          tile_product(tile, {5, fed, true, 1, overflow}, sums.data(), buffer);
          for (std::size_t m = 0; m < 5; ++m) {
            std::int64_t column_sum = 0;
            for (std::size_t i = 0; i < w.size(); ++i)
              column_sum = added(column_sum, std::int64_t{w[i]} * x[m * w.size() + i], overflow);
            ASSERT_EQ(static_cast<std::int32_t>(sums[m]),
                      added(static_cast<std::int32_t>(before[m]), column_sum, overflow))
                << to_string(weights) << ' ' << to_string(fed) << " k " << k << " row " << m;
          }
        }
}

// The sum of all is in range; on the way it is not.
TEST(TileProductOverflow, SaturationIsAtEveryAdditionDownTheColumn) {
  const std::vector<std::int32_t> w = {-32768, -32768, -32768, 32767, 32767};
  const auto codes = column(Format::int16, w);
  const WeightTile tile = pack_weights(codes.data(), 2, 5, 1, 1, Format::int16);
  ProductBuffer buffer;
  buffer.codes = streamed(Format::int16, {-32768, -32768, -32768, -32768, -32768});
  std::uint32_t sum = 0;
  tile_product(tile, {1, Format::int16, false, 1, Overflow::saturate}, &sum, buffer);
  EXPECT_EQ(static_cast<std::int32_t>(sum), 2147483647 - 2 * 32768 * 32767);
}

TEST(TileProductFloats, EveryPairOfFormatsSumsProductsOfItsValues) {
  const Format formats[] = {Format::fp8_e4m3, Format::fp8_e5m2, Format::bf16, Format::fp16,
                            Format::fp32};
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  const std::int64_t k = 19, n = 9, m = 3;
  const auto draw = [&](Format format, std::int64_t count, std::vector<float>& values) {
    const NumberFormat& codec = number_format(format);
    std::vector<std::uint8_t> codes;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t code = codec.encode(normal(random));
      values.push_back(static_cast<float>(codec.decode(code)));
      for (std::int64_t byte = 0; byte < bytes_of(format); ++byte)
        codes.push_back(static_cast<std::uint8_t>(code >> 8 * byte));
    }
    return codes;
  };
  for (const Format a : formats)
    for (const Format b : formats) {
      std::vector<float> w, x;
      const auto codes = draw(a, k * n, w);
      const WeightTile tile = pack_weights(codes.data(), n * bytes_of(a), k, n, 1, a);
      ProductBuffer buffer;
      buffer.codes = draw(b, m * k, x);
      std::vector<std::uint32_t> sums(static_cast<std::size_t>(m * n));
      tile_product(tile, {m, b, false, n}, sums.data(), buffer);
      for (std::int64_t i = 0; i < m * n; ++i) {
        float sum = 0, got = 0;
        for (std::int64_t r = 0; r < k; ++r)
          sum += x[static_cast<std::size_t>(i / n * k + r)] *
                 w[static_cast<std::size_t>(r * n + i % n)];
        std::memcpy(&got, &sums[static_cast<std::size_t>(i)], sizeof got);
        ASSERT_EQ(got, sum) << to_string(a) << ' ' << to_string(b);
      }
    }
}

TEST(TileProductWrap, SumsWrapAsInt32) {
  const std::uint8_t one = 1;
  const WeightTile tile = pack_weights(&one, 1, 1, 1, 1, Format::int8);
  ProductBuffer buffer;
  buffer.codes = {1};
  std::uint32_t sum = 0x7FFFFFFF;
  tile_product(tile, {1, Format::int8, true, 1}, &sum, buffer);
  EXPECT_EQ(sum, 0x80000000U);
}

TEST(TileProduct, TransposedWeightsAreTheSameTile) {
  const std::int64_t rows = 5, cols = 7;
  const auto straight = random_bf16(rows * cols, 1);
  std::vector<std::uint8_t> columns(straight.size());
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c)
      std::memcpy(columns.data() + 2 * (c * rows + r), straight.data() + 2 * (r * cols + c), 2);
  const WeightTile a = pack_weights(straight.data(), 2 * cols, rows, cols, 1, Format::bf16);
  const WeightTile b = pack_weights(columns.data(), 2 * rows, rows, cols, 1, Format::bf16, true);
  EXPECT_EQ(a.floats, b.floats);
  const auto codes = random_codes(rows * cols, 2);
  std::vector<std::uint8_t> turned(codes.size());
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c)
      turned[static_cast<std::size_t>(c * rows + r)] =
          codes[static_cast<std::size_t>(r * cols + c)];
  EXPECT_EQ(pack_weights(codes.data(), cols, rows, cols, 1, Format::int8).integers,
            pack_weights(turned.data(), rows, rows, cols, 1, Format::int8, true).integers);
}

}  // namespace
}  // namespace systolith
