// What the feeder does for one Matmul, or the loader for one tile of activations: which contiguous
// runs make up a row, which bytes they touch, and the rows themselves. Plain C++, no SystemC.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

class FeedPlan {
 public:
  // Requires: a valid operation (hw/isa/validate.h).
  explicit FeedPlan(const Matmul& matmul);
  // Of a tile of activations; each of its columns is a row here.
  explicit FeedPlan(const Preload& preload);

  // Scratchpad words that one pixel's row takes, runs that touch counted once; padding is counted
  // as read. Alignment is that of the first row.
  std::int64_t words_per_row(Bytes width) const;
  // Of the whole feed: of every pixel that is streamed or, transposed, lies along the array's rows.
  std::int64_t words(Bytes width) const;
  // The byte that the first pixel of the image is in.
  std::uint64_t origin() const { return feed_.address / static_cast<std::uint64_t>(per_byte_); }
  // First and last byte read, over all rows, of half bytes the whole ones; nothing read: first >
  // last.
  struct Reach {
    std::int64_t first = 0, last = -1;
  };
  Reach reach() const;

  // All streamed rows as they enter the array, one after the other: `rows` codes each, block b at
  // b * rows / blocks. An int4 code comes as int8, a uint4 code as uint8. `from`: the byte at
  // origin().
  void gather(const std::uint8_t* from, std::vector<std::uint8_t>& to) const;

 private:
  FeedPlan(const Feed& feed, Format format, std::int64_t rows, std::int64_t blocks);

  // The codes under pixel m, those of block b at b * block_rows_.
  void gather_pixel(std::int64_t m, const std::uint8_t* scratchpad, std::uint8_t* to) const;
  void gather_transposed(const std::uint8_t* scratchpad, std::vector<std::uint8_t>& to) const;
  // `count` codes from a unit of the scratchpad on, or of padding.
  void copy_codes(const std::uint8_t* scratchpad, std::int64_t unit, std::int64_t count,
                  std::uint8_t* to) const;
  void pad_codes(std::int64_t count, std::uint8_t* to) const;

  struct Run {  // of one kernel tap, in every block
    std::int64_t kernel_h, kernel_w;
    std::int64_t first;    // contraction index within the block, from 0
    std::int64_t channel;  // of the first element
    std::int64_t count;    // elements
  };
  struct Span {  // reachable coordinates along one axis, clipped to the image
    std::int64_t low, high;
  };
  static Span span(std::int64_t origin, std::int64_t out, std::int64_t stride, std::int64_t first,
                   std::int64_t last, std::int64_t in);

  Feed feed_;
  std::int64_t rows_, blocks_, block_rows_;
  std::int64_t element_;   // units of one in the scratchpad, and bytes of its gathered code
  std::int64_t per_byte_;  // units
  Format format_;
  std::vector<Run> runs_;
};

}  // namespace systolith
