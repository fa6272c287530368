#include "compiler/codegen/row_tiles.h"

#include <algorithm>

namespace systolith {
namespace {

constexpr std::int64_t kAlign = 64;

std::vector<Box> boxes_of(const std::array<std::int64_t, 4>& shape,
                          const std::array<std::int64_t, 4>& extent) {
  std::vector<Box> boxes;
  Box box;
  for (box.begin[0] = 0; box.begin[0] < shape[0]; box.begin[0] += extent[0])
    for (box.begin[1] = 0; box.begin[1] < shape[1]; box.begin[1] += extent[1])
      for (box.begin[2] = 0; box.begin[2] < shape[2]; box.begin[2] += extent[2])
        for (box.begin[3] = 0; box.begin[3] < shape[3]; box.begin[3] += extent[3]) {
          for (std::size_t d = 0; d < 4; ++d)
            box.extent[d] = std::min(extent[d], shape[d] - box.begin[d]);
          boxes.push_back(box);
        }
  return boxes;
}

}  // namespace

std::vector<Box> cut_boxes(const std::string& layer, const std::array<std::int64_t, 4>& shape,
                           const Cuts& cuts, std::int64_t capacity,
                           const std::function<std::int64_t(const Box&)>& bytes,
                           std::size_t at_least) {
  std::array<std::int64_t, 4> extent = shape;
  const std::array<bool, 4> may_cut = {true, true, cuts.width, cuts.channels};
  const std::array<std::int64_t, 4> unit = {1, 1, 1, cuts.channel_unit};
  while (true) {
    // The worst box is among those of this extent: borders only make boxes smaller.
    std::vector<Box> boxes = boxes_of(shape, extent);
    std::int64_t most = 0;
    for (const Box& box : boxes) most = std::max(most, 2 * bytes(box));
    if (most <= capacity && boxes.size() >= at_least) return boxes;
    std::size_t d = 0;
    while (d < 4 && (extent[d] <= unit[d] || !may_cut[d])) ++d;
    if (d == 4) {
      if (most <= capacity) return boxes;
      user_error(
          "layer '{}': its smallest tile needs {} bytes of scratchpad, {} are free for tiles",
          layer, most, capacity);
    }
    extent[d] = round_up(ceil_div(extent[d], 2), unit[d]);
  }
}

std::uint64_t TileBuffers::take(std::int64_t bytes) {
  const std::uint64_t at = at_;
  at_ += static_cast<std::uint64_t>(round_up(bytes, kAlign));
  return at;
}

View TileBuffers::fetch(CodegenContext& context, const View& view, const Box& box, Item& item) {
  const View local = room(view, box);
  if (!view.resident()) item.loads.push_back(load_step(context.layer(), view, box, local));
  return local;
}

View TileBuffers::room(const View& view, const Box& box) {
  if (!view.resident()) return packed(view, box, take(buffer_bytes(view, box)));
  return part(view, box);
}

void finish(CodegenContext& context, const View& view, const Box& box, const View& local,
            Item& item) {
  if (!view.resident()) item.stores.push_back(store_step(context.layer(), view, box, local));
}

Box broadcast_box(const View& operand, const Box& box) {
  Box part = box;
  for (std::size_t d = 0; d < 4; ++d)
    if (operand.shape[d] == 1) {
      part.begin[d] = 0;
      part.extent[d] = 1;
    }
  return part;
}

Operand broadcast_operand(const View& local, const Box& box) {
  Operand o = operand(local);
  for (std::size_t d = 0; d < 4; ++d)
    if (local.shape[d] == 1 && box.extent[d] != 1) o.strides[d] = 0;
  return o;
}

VectorOp fill_op(const View& to, float real) {
  VectorOp op;
  for (std::size_t d = 0; d < 4; ++d) op.shape[d] = static_cast<std::int32_t>(to.shape[d]);
  op.destination = operand(to);
  // Any operand does, as its value is clamped to one; int8 has no NaN that would pass a clamp.
  op.a = {Space::scratchpad, to.address, Format::int8, {0, 0, 0, 0}};
  op.activation = Activation::clamp;
  const Quantization& q = to.quantization;
  op.low = op.high = is_float(to.format)
                         ? real
                         : static_cast<float>(to_integer(real / q.scale, q.zero_point, to.format));
  return op;
}

std::int64_t channel_unit(std::initializer_list<Format> formats) {
  std::int64_t unit = 1;
  for (const Format format : formats) unit = std::max(unit, units_per_byte(format));
  return unit;
}

std::int64_t buffer_bytes(const View& view, const Box& box) {
  if (view.resident()) return 0;
  const std::int64_t pixels = box.extent[0] * box.extent[1] * box.extent[2];
  return round_up(pixels * pixel_bytes(view, box), kAlign);
}

Touch reads(const View& local) { return {Place::scratchpad, range_of(local, whole(local)), false}; }

Touch writes(const View& local) { return {Place::scratchpad, range_of(local, whole(local)), true}; }

}  // namespace systolith
