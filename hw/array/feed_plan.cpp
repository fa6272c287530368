#include "hw/array/feed_plan.h"

#include <algorithm>
#include <cstring>

#include "hw/arith/int4.h"

namespace systolith {

FeedPlan::FeedPlan(const Matmul& matmul)
    : FeedPlan(matmul.feed, matmul.format, matmul.rows, matmul.blocks) {}

FeedPlan::FeedPlan(const Preload& preload)
    : FeedPlan(preload.feed, preload.format, preload.rows, 1) {}

FeedPlan::FeedPlan(const Feed& feed, Format format, std::int64_t rows, std::int64_t blocks)
    : feed_(feed),
      rows_(rows),
      blocks_(blocks),
      block_rows_(feed.transposed ? feed.contraction() : rows / blocks),
      element_(units_of(format)),
      per_byte_(units_per_byte(format)),
      format_(format) {
  const Feed& f = feed_;
  const std::int64_t begin = f.transposed ? 0 : f.k_begin;
  for (std::int64_t k = begin; k < begin + block_rows_;) {
    const std::int64_t tap = k / f.channels, channel = k % f.channels;
    const std::int64_t count =
        std::min<std::int64_t>(f.channels - channel, begin + block_rows_ - k);
    runs_.push_back({tap / f.kernel_w, tap % f.kernel_w, k - begin, channel, count});
    k += count;
  }
}

std::int64_t FeedPlan::words(Bytes width) const {
  return words_per_row(width) * (feed_.transposed ? rows_ : feed_.pixels());
}

std::int64_t FeedPlan::words_per_row(Bytes width) const {
  const std::int64_t word = width.count() * per_byte_;  // everything below in units
  std::int64_t words = 0, last_word = -1;
  const auto touch = [&](std::int64_t first, std::int64_t units) {
    const std::int64_t from = std::max(first / word, last_word + 1);
    const std::int64_t to = (first + units - 1) / word;
    words += std::max<std::int64_t>(to - from + 1, 0);
    last_word = std::max(last_word, to);
  };
  // Relative to a word's start; rows and pixels lie in the order of the runs.
  const std::int64_t base = static_cast<std::int64_t>(feed_.address) % word;
  for (const Run& run : runs_) {
    const std::int64_t at = base + run.kernel_h * feed_.dilation_h * feed_.row_stride +
                            run.kernel_w * feed_.dilation_w * feed_.pixel_stride +
                            run.channel * element_;
    if (run.count == feed_.channels) {
      touch(at, blocks_ * run.count * element_);
    } else {
      for (std::int64_t b = 0; b < blocks_; ++b)
        touch(at + b * feed_.channels * element_, run.count * element_);
    }
  }
  return words;
}

FeedPlan::Span FeedPlan::span(std::int64_t origin, std::int64_t out, std::int64_t stride,
                              std::int64_t first, std::int64_t last, std::int64_t in) {
  return {std::max<std::int64_t>(origin + first, 0),
          std::min(origin + (out - 1) * stride + last, in - 1)};
}

FeedPlan::Reach FeedPlan::reach() const {
  const Feed& f = feed_;
  Reach reach{INT64_MAX, -1};
  for (const Run& run : runs_) {
    const std::int64_t dh = run.kernel_h * f.dilation_h, dw = run.kernel_w * f.dilation_w;
    const Span h = span(f.origin_h, f.out_h, f.stride_h, dh, dh, f.in_h);
    const Span w = span(f.origin_w, f.out_w, f.stride_w, dw, dw, f.in_w);
    if (h.low > h.high || w.low > w.high) continue;
    const std::int64_t base = static_cast<std::int64_t>(f.address) + run.channel * element_;
    reach.first = std::min(reach.first, base + h.low * f.row_stride + w.low * f.pixel_stride);
    reach.last = std::max(reach.last, base + (f.out_n - 1) * f.image_stride +
                                          h.high * f.row_stride + w.high * f.pixel_stride +
                                          ((blocks_ - 1) * f.channels + run.count) * element_ - 1);
  }
  if (per_byte_ == 2) return {reach.first >> 1, reach.last >> 1};  // rounded down below 0 as well
  return reach;
}

void FeedPlan::gather(const std::uint8_t* from, std::vector<std::uint8_t>& to) const {
  const std::uint8_t* scratchpad = from - origin();
  const std::int64_t row_bytes = rows_ * element_;
  to.resize(static_cast<std::size_t>(feed_.rows() * row_bytes));
  if (feed_.transposed) return gather_transposed(scratchpad, to);
  for (std::int64_t m = 0; m < feed_.pixels(); ++m)
    gather_pixel(m, scratchpad, to.data() + m * row_bytes);
}

void FeedPlan::gather_transposed(const std::uint8_t* scratchpad,
                                 std::vector<std::uint8_t>& to) const {
  const auto width = static_cast<std::size_t>(element_);
  std::vector<std::uint8_t> pixel(static_cast<std::size_t>(block_rows_) * width);
  for (std::int64_t r = 0; r < rows_; ++r) {
    gather_pixel(feed_.k_begin + r, scratchpad, pixel.data());
    std::uint8_t* place = to.data() + r * element_;
    for (std::int64_t k = 0; k < block_rows_; ++k, place += rows_ * element_)
      std::memcpy(place, pixel.data() + k * element_, width);
  }
}

void FeedPlan::gather_pixel(std::int64_t m, const std::uint8_t* scratchpad,
                            std::uint8_t* to) const {
  const Feed& f = feed_;
  const std::int64_t ow = m % f.out_w, oh = m / f.out_w % f.out_h, n = m / f.out_w / f.out_h;
  for (const Run& run : runs_) {
    const std::int64_t h = f.origin_h + oh * f.stride_h + run.kernel_h * f.dilation_h;
    const std::int64_t w = f.origin_w + ow * f.stride_w + run.kernel_w * f.dilation_w;
    const bool inside = h >= 0 && h < f.in_h && w >= 0 && w < f.in_w;
    const std::int64_t from = static_cast<std::int64_t>(f.address) + n * f.image_stride +
                              h * f.row_stride + w * f.pixel_stride + run.channel * element_;
    for (std::int64_t b = 0; b < blocks_; ++b) {
      std::uint8_t* place = to + (b * block_rows_ + run.first) * element_;
      if (inside)
        copy_codes(scratchpad, from + b * f.channels * element_, run.count, place);
      else
        pad_codes(run.count, place);
    }
  }
}

void FeedPlan::copy_codes(const std::uint8_t* scratchpad, std::int64_t unit, std::int64_t count,
                          std::uint8_t* to) const {
  if (per_byte_ == 1)
    std::memcpy(to, scratchpad + unit, static_cast<std::size_t>(count * element_));
  else
    widen_half_bytes(scratchpad, unit, count, format_, to);
}

void FeedPlan::pad_codes(std::int64_t count, std::uint8_t* to) const {
  if (element_ == 1) {
    std::memset(to, feed_.pad_value, static_cast<std::size_t>(count));
    return;
  }
  const auto pad = static_cast<std::uint32_t>(feed_.pad_value);  // its low bytes come first
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(to + element_ * i, &pad, static_cast<std::size_t>(element_));
}

}  // namespace systolith
