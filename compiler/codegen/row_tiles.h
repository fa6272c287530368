// Tiles of the kernels that only the vector unit works on: a box of the output at a time.
#pragma once

#include <functional>

#include "compiler/codegen/context.h"

namespace systolith {

// Which dimensions of the output may be cut; n and h always may.
struct Cuts {
  bool width = true, channels = true;
  std::int64_t channel_unit = 1;  // channels are cut at multiples of so many
};

// The boxes that cover `shape` such that `bytes(box)` of buffers stay within `capacity`. UserError
// naming the layer where even the smallest box is too big.
std::vector<Box> cut_boxes(const std::string& layer, const std::array<std::int64_t, 4>& shape,
                           const Cuts& cuts, std::int64_t capacity,
                           const std::function<std::int64_t(const Box&)>& bytes,
                           std::size_t at_least);

// A tile's buffers in the scratchpad: two sets, taken alternately.
class TileBuffers {
 public:
  // `kept_bytes`: room behind both sets that lasts.
  TileBuffers(CodegenContext& context, std::int64_t set_bytes, std::int64_t kept_bytes = 0)
      : base_(context.buffer_base(2 * set_bytes + kept_bytes)), set_bytes_(set_bytes) {}
  std::uint64_t kept() const { return base_ + static_cast<std::uint64_t>(2 * set_bytes_); }
  // Begins the next tile's set.
  void next() { at_ = base_ + static_cast<std::uint64_t>((turn_ ^= 1) * set_bytes_); }
  // The box of `view` at hand: in place where resident, else packed into this set and loaded.
  View fetch(CodegenContext& context, const View& view, const Box& box, Item& item);
  // Where to put the box of `view`; finish() stores it where it isn't resident.
  View room(const View& view, const Box& box);

 private:
  std::uint64_t take(std::int64_t bytes);
  std::uint64_t base_, at_ = 0;
  std::int64_t set_bytes_;
  int turn_ = 1;
};
void finish(CodegenContext& context, const View& view, const Box& box, const View& local,
            Item& item);

// The part of a possibly broadcast operand that a box of the output needs, and it as an operand.
Box broadcast_box(const View& operand, const Box& box);
Operand broadcast_operand(const View& local, const Box& box);
// Sets all of `to`, which is at hand, to a real value.
VectorOp fill_op(const View& to, float real);

// So that tiles of all these take whole bytes.
std::int64_t channel_unit(std::initializer_list<Format> formats);

// Bytes of a buffer for the box of a view: 0 where it is used in place.
std::int64_t buffer_bytes(const View& view, const Box& box);
Touch reads(const View& local);
Touch writes(const View& local);

}  // namespace systolith
