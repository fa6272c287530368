#include <gtest/gtest.h>

#include <vector>

#include "hw/arith/int4.h"
#include "hw/array/feed_plan.h"

namespace systolith {
namespace {

// A 3x3 convolution with padding 1 over a 4x4 image of 8 channels at byte 0.
Matmul convolution() {
  Matmul op;
  op.feed.pixel_stride = 8;
  op.feed.row_stride = 32;
  op.feed.image_stride = 128;
  op.feed.in_h = op.feed.in_w = op.feed.out_h = op.feed.out_w = 4;
  op.feed.origin_h = op.feed.origin_w = -1;
  op.feed.kernel_h = op.feed.kernel_w = 3;
  op.feed.channels = 8;
  op.feed.pad_value = 77;
  op.rows = 72;
  op.cols = 1;
  return op;
}

TEST(FeedPlan, NeighbouringTapsShareWords) {
  // Three rows of 3 x 8 = 24 bytes: one 32-byte word each.
  EXPECT_EQ(FeedPlan(convolution()).words_per_row(Bytes(32)), 3);
  EXPECT_EQ(FeedPlan(convolution()).words_per_row(Bytes(8)), 9);
}

TEST(FeedPlan, ADenseRowTakesItsBytes) {
  Matmul op;
  op.feed.channels = op.rows = 128;
  op.feed.address = 64;
  EXPECT_EQ(FeedPlan(op).words_per_row(Bytes(64)), 2);
  op.feed.address = 65;
  EXPECT_EQ(FeedPlan(op).words_per_row(Bytes(64)), 3);
}

TEST(FeedPlan, ReachStaysInsideTheImageWhateverThePadding) {
  const auto reach = FeedPlan(convolution()).reach();
  EXPECT_EQ(reach.first, 0);
  EXPECT_EQ(reach.last, 127);
}

TEST(FeedPlan, ReachOfALastBandOfRowsEndsAtTheLastOneItTouches) {
  Matmul op = convolution();
  op.feed.out_h = 1;
  op.rows = 24;  // the first kernel row only: all padding for the first output row
  EXPECT_LT(FeedPlan(op).reach().last, 0);
  op.feed.k_begin = 24;
  EXPECT_EQ(FeedPlan(op).reach().last, 31);
}

// Element by element, as hw/isa/command.h writes it.
std::uint8_t element(const Matmul& op, std::int64_t m, std::int64_t r,
                     const std::vector<std::uint8_t>& memory) {
  const Feed& f = op.feed;
  const std::int64_t block_rows = op.rows / op.blocks, b = r / block_rows;
  const std::int64_t k = f.k_begin + r % block_rows;
  const std::int64_t c = k % f.channels, kw = k / f.channels % f.kernel_w,
                     kh = k / f.channels / f.kernel_w;
  const std::int64_t ow = m % f.out_w, oh = m / f.out_w % f.out_h, n = m / f.out_w / f.out_h;
  const std::int64_t h = f.origin_h + oh * f.stride_h + kh * f.dilation_h;
  const std::int64_t w = f.origin_w + ow * f.stride_w + kw * f.dilation_w;
  if (h < 0 || h >= f.in_h || w < 0 || w >= f.in_w) return static_cast<std::uint8_t>(f.pad_value);
  return memory[static_cast<std::size_t>(static_cast<std::int64_t>(f.address) + n * f.image_stride +
                                         h * f.row_stride + w * f.pixel_stride + b * f.channels +
                                         c)];
}

void expect_gathered(const Matmul& op) {
  std::vector<std::uint8_t> memory(4096);
  for (std::size_t i = 0; i < memory.size(); ++i)
    memory[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  const FeedPlan plan(op);
  std::vector<std::uint8_t> rows;
  plan.gather(memory.data() + plan.origin(), rows);
  ASSERT_EQ(static_cast<std::int64_t>(rows.size()), op.feed.rows() * op.rows);
  for (std::int64_t m = 0; m < op.feed.rows(); ++m)
    for (std::int64_t r = 0; r < op.rows; ++r)
      ASSERT_EQ(rows[static_cast<std::size_t>(m * op.rows + r)], element(op, m, r, memory))
          << m << ' ' << r;
}

TEST(FeedPlan, GathersAPaddedConvolution) { expect_gathered(convolution()); }

TEST(FeedPlan, GathersAPartOfTheContraction) {
  Matmul op = convolution();
  op.feed.k_begin = 13;
  op.rows = 40;
  expect_gathered(op);
}

TEST(FeedPlan, GathersStridesDilationsAndImages) {
  Matmul op = convolution();
  op.feed.out_n = 2;
  op.feed.out_h = op.feed.out_w = 2;
  op.feed.stride_h = op.feed.stride_w = 2;
  op.feed.dilation_w = 2;
  op.feed.address = 5;
  expect_gathered(op);
}

// The same matrix of pixels by taps, read the other way round.
TEST(FeedPlan, GathersTransposed) {
  Matmul op = convolution();
  op.feed.out_n = 2;
  op.feed.stride_h = 2;
  op.feed.out_h = 2;
  const std::int64_t taps = op.feed.contraction(), pixels = op.feed.pixels();
  op.rows = static_cast<std::int32_t>(taps);
  std::vector<std::uint8_t> memory(4096), straight, transposed;
  for (std::size_t i = 0; i < memory.size(); ++i)
    memory[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  FeedPlan(op).gather(memory.data() + FeedPlan(op).origin(), straight);
  op.feed.transposed = true;
  op.feed.k_begin = 3;  // the first pixel along the array's rows
  op.rows = static_cast<std::int32_t>(pixels - 5);
  const FeedPlan plan(op);
  plan.gather(memory.data() + plan.origin(), transposed);
  ASSERT_EQ(op.feed.rows(), taps);
  for (std::int64_t m = 0; m < taps; ++m)
    for (std::int64_t r = 0; r < op.rows; ++r)
      ASSERT_EQ(transposed[static_cast<std::size_t>(m * op.rows + r)],
                straight[static_cast<std::size_t>((r + 3) * taps + m)])
          << m << ' ' << r;
  // Pixel by pixel, as it lies in memory.
  EXPECT_EQ(plan.words(Bytes(32)), plan.words_per_row(Bytes(32)) * op.rows);
}

// Half a byte each: what the same feed of bytes gathers from the widened image.
void expect_int4_as_bytes(const Matmul& op) {
  std::vector<std::uint8_t> packed(2048), bytes(4096), expected, rows;
  for (std::size_t i = 0; i < packed.size(); ++i)
    packed[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  widen_int4(packed.data(), 0, 4096, bytes.data());
  FeedPlan(op).gather(bytes.data() + FeedPlan(op).origin(), expected);
  Matmul narrow = op;
  narrow.format = Format::int4;
  const FeedPlan plan(narrow);
  plan.gather(packed.data() + plan.origin(), rows);
  EXPECT_EQ(rows, expected);
  const auto reach = plan.reach(), of_bytes = FeedPlan(op).reach();
  EXPECT_EQ(reach.first, of_bytes.first / 2);
  EXPECT_EQ(reach.last, of_bytes.last / 2);
  for (const std::int64_t width : {8, 32})
    EXPECT_EQ(plan.words_per_row(Bytes(width)), FeedPlan(op).words_per_row(Bytes(2 * width)));
}

TEST(FeedPlan, GathersHalfBytes) {
  Matmul op = convolution();
  op.feed.pad_value = -8;
  expect_int4_as_bytes(op);
  op.feed.address = 7;  // in the high half of a byte
  op.feed.k_begin = 13;
  op.rows = 41;
  expect_int4_as_bytes(op);
  op = convolution();
  op.feed.channels = 3;  // blocks begin in either half
  op.feed.pixel_stride = 12;
  op.feed.row_stride = 48;
  op.blocks = 4;
  op.rows = op.cols = 4 * 27;
  expect_int4_as_bytes(op);
}

TEST(FeedPlan, ARowOfHalfBytesTakesHalfTheWords) {
  Matmul op;
  op.format = Format::int4;
  op.feed.channels = op.rows = 128;
  EXPECT_EQ(FeedPlan(op).words_per_row(Bytes(64)), 1);
  op.feed.address = 1;  // in half bytes
  EXPECT_EQ(FeedPlan(op).words_per_row(Bytes(64)), 2);
}

TEST(FeedPlan, GathersBlocksSideBySide) {
  Matmul op = convolution();
  op.feed.channels = 2;
  op.blocks = 4;
  op.rows = op.cols = 4 * 18;
  expect_gathered(op);
}

}  // namespace
}  // namespace systolith
