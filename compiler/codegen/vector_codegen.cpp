// Kernels of the vector unit: maps, pools, normalisation, softmax.
#include <algorithm>

#include "compiler/codegen/row_tiles.h"

namespace systolith {
namespace {

void set_shape(VectorOp& op, const View& view) {
  for (std::size_t d = 0; d < 4; ++d) op.shape[d] = static_cast<std::int32_t>(view.shape[d]);
}

std::int32_t zero_of(const View& view) {
  return is_float(view.format) ? 0 : view.quantization.zero_point;
}

const std::string& name_of(const CodegenContext& context) {
  return context.graph.kernels[context.kernel].name;
}

std::size_t tiles_wanted(const CodegenContext& context) { return context.cores() * 2; }

// Splits `boxes` over the cores and makes an item of each.
KernelItems items_of(CodegenContext& context, TensorId output, const std::vector<Box>& boxes,
                     std::int64_t set_bytes,
                     const std::function<Item(const Box&, TileBuffers&)>& make) {
  KernelItems items = context.empty_items(output);
  for (std::size_t core = 0; core < context.cores(); ++core) {
    TileBuffers buffers(context, set_bytes);
    const Share share = share_of(static_cast<std::int64_t>(boxes.size()), core, context.cores());
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      buffers.next();
      items.cores[core].push_back(make(boxes[static_cast<std::size_t>(i)], buffers));
    }
  }
  return items;
}

template <class BytesOf>
std::int64_t most_bytes(const std::vector<Box>& boxes, const BytesOf& bytes) {
  std::int64_t most = 0;
  for (const Box& box : boxes) most = std::max(most, bytes(box));
  return most;
}

}  // namespace

KernelItems generate_map(CodegenContext& context, const MapKernel& map, ProgramLayer& layer) {
  const View a = context.view(map.a), out = context.view(map.output);
  View b;
  const bool binary = map.b != kNoTensor;
  if (binary) {
    b = context.view(map.b);
    const KernelTensor& tensor = context.graph.tensor(map.b);
    if (tensor.is_constant()) {
      b.place = Place::system;
      b.address = context.constants.allocate(tensor.bytes());
      context.constants.fill(b.address, tensor.data);
      layer.weight_bytes += tensor.bytes();
    }
  }
  const auto bytes = [&](const Box& box) {
    return buffer_bytes(a, broadcast_box(a, box)) + buffer_bytes(out, box) +
           (binary ? buffer_bytes(b, broadcast_box(b, box)) : 0);
  };
  const Cuts cuts{true, true, channel_unit({a.format, binary ? b.format : a.format, out.format})};
  const std::vector<Box> boxes =
      cut_boxes(name_of(context), out.shape, cuts, context.placement.streaming_bytes, bytes,
                tiles_wanted(context));
  return items_of(context, map.output, boxes, most_bytes(boxes, bytes),
                  [&](const Box& box, TileBuffers& tile) {
                    Item item;
                    const View from = tile.fetch(context, a, broadcast_box(a, box), item);
                    const View to = tile.room(out, box);
                    VectorOp op;
                    set_shape(op, to);
                    op.a = broadcast_operand(from, box);
                    op.destination = operand(to);
                    op.scale_a = map.scale_a;
                    op.zero_a = zero_of(a);
                    op.zero_out = zero_of(out);
                    op.activation = map.activation.kind;
                    op.low = map.activation.low;
                    op.high = map.activation.high;
                    op.scale_out = map.activation.scale_out;
                    op.divisor = map.activation.divisor;
                    std::vector<Touch> touches = {reads(from), writes(to)};
                    if (binary) {
                      const View with = tile.fetch(context, b, broadcast_box(b, box), item);
                      op.binary = map.binary;
                      op.b = broadcast_operand(with, box);
                      op.scale_b = map.scale_b;
                      op.zero_b = zero_of(b);
                      touches.push_back(reads(with));
                    }
                    item.work.push_back({context.layer(), op, std::move(touches)});
                    finish(context, out, box, to, item);
                    return item;
                  });
}

namespace {

// The input box under a box of a pool's output, clipped to the image.
Box pool_input(const PoolSpec& pool, const View& in, const Box& box) {
  Box under = box;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t begin = box.begin[d + 1] * pool.stride[d] - pool.pads[d];
    const std::int64_t reach =
        (box.extent[d + 1] - 1) * pool.stride[d] + (pool.kernel[d] - 1) * pool.dilation[d] + 1;
    const std::int64_t size = in.shape[d + 1];
    under.begin[d + 1] = std::clamp<std::int64_t>(begin, 0, size - 1);
    under.extent[d + 1] =
        std::clamp<std::int64_t>(begin + reach, under.begin[d + 1] + 1, size) - under.begin[d + 1];
  }
  return under;
}

// One item per box: `input_box` at hand, `op` on it, the box out.
template <class InputBox, class MakeOp>
KernelItems generate_unary(CodegenContext& context, TensorId input, TensorId output, Cuts cuts,
                           const InputBox& input_box, const MakeOp& make_op) {
  const View in = context.view(input), out = context.view(output);
  cuts.channel_unit = channel_unit({in.format, out.format});
  const auto bytes = [&](const Box& box) {
    return buffer_bytes(in, input_box(in, box)) + buffer_bytes(out, box);
  };
  const std::vector<Box> boxes =
      cut_boxes(name_of(context), out.shape, cuts, context.placement.streaming_bytes, bytes,
                tiles_wanted(context));
  return items_of(
      context, output, boxes, most_bytes(boxes, bytes), [&](const Box& box, TileBuffers& tile) {
        Item item;
        const Box under = input_box(in, box);
        const View from = tile.fetch(context, in, under, item);
        const View to = tile.room(out, box);
        item.work.push_back(
            {context.layer(), make_op(from, under, to, box), {reads(from), writes(to)}});
        finish(context, out, box, to, item);
        return item;
      });
}

Box same_box(const View&, const Box& box) { return box; }

// Softmax and LRN work on real values: scales of both sides apply.
VectorOp real_op(VectorFunction function, const View& from, const View& to) {
  VectorOp op;
  op.function = function;
  set_shape(op, to);
  op.a = operand(from);
  op.destination = operand(to);
  op.scale_a = is_float(from.format) ? 1 : from.quantization.scale;
  op.zero_a = zero_of(from);
  op.scale_out = is_float(to.format) ? 1 : 1.0F / to.quantization.scale;
  op.zero_out = zero_of(to);
  return op;
}

}  // namespace

KernelItems generate_rows(CodegenContext& context, const PoolKernel& kernel) {
  const PoolSpec& pool = kernel.pool;
  return generate_unary(
      context, kernel.input, kernel.output, {false, true},
      [&](const View& in, const Box& box) { return pool_input(pool, in, box); },
      [&](const View& from, const Box& under, const View& to, const Box& box) {
        return pool_op(pool, from, under.begin[1], to, box.begin[1]);
      });
}

// Whole images of some channels: windows overlap, and each sum is made in one go.
KernelItems generate_rows(CodegenContext& context, const PoolGradKernel& kernel) {
  const View in = context.view(kernel.input), dy = context.view(kernel.gradient);
  const View out = context.view(kernel.output);
  View sums = out;
  sums.place = Place::system;  // a temporary: always a buffer
  sums.format = Format::fp32;
  const bool direct = out.format == Format::fp32;
  const auto image = [](const View& view, const Box& box) {
    Box whole_image = box;
    whole_image.extent[1] = view.shape[1];
    whole_image.extent[2] = view.shape[2];
    return whole_image;
  };
  const auto bytes = [&](const Box& box) {
    return buffer_bytes(in, image(in, box)) + buffer_bytes(dy, image(dy, box)) +
           buffer_bytes(out, image(out, box)) + (direct ? 0 : buffer_bytes(sums, image(out, box)));
  };
  const std::vector<Box> boxes =
      cut_boxes(name_of(context), {out.shape[0], 1, 1, out.shape[3]}, {},
                context.placement.streaming_bytes, bytes, tiles_wanted(context));
  return items_of(
      context, kernel.output, boxes, most_bytes(boxes, bytes),
      [&](const Box& box, TileBuffers& tile) {
        Item item;
        const View from = tile.fetch(context, in, image(in, box), item);
        const View with = tile.fetch(context, dy, image(dy, box), item);
        const View to = tile.room(out, image(out, box));
        const View sum = direct ? to : tile.room(sums, image(out, box));
        item.work.push_back({context.layer(), fill_op(sum, 0), {reads(sum), writes(sum)}});
        VectorOp op = pool_op(kernel.pool, from, 0, with, 0);
        op.function = VectorFunction::pool_max_grad;
        op.b = operand(with);
        op.destination = operand(sum);
        item.work.push_back(
            {context.layer(), op, {reads(from), reads(with), reads(sum), writes(sum)}});
        if (!direct) {
          VectorOp round;
          set_shape(round, to);
          round.a = operand(sum);
          round.destination = operand(to);
          item.work.push_back({context.layer(), round, {reads(sum), writes(to)}});
        }
        finish(context, out, image(out, box), to, item);
        return item;
      });
}

KernelItems generate_rows(CodegenContext& context, const LrnKernel& lrn) {
  return generate_unary(context, lrn.input, lrn.output, {true, false}, same_box,
                        [&](const View& from, const Box&, const View& to, const Box&) {
                          VectorOp op = real_op(VectorFunction::lrn, from, to);
                          op.lrn_size = static_cast<std::int32_t>(lrn.size);
                          op.lrn_alpha = lrn.alpha;
                          op.lrn_beta = lrn.beta;
                          op.lrn_bias = lrn.bias;
                          return op;
                        });
}

KernelItems generate_rows(CodegenContext& context, const SoftmaxKernel& softmax) {
  return generate_unary(context, softmax.input, softmax.output, {true, false}, same_box,
                        [&](const View& from, const Box&, const View& to, const Box&) {
                          return real_op(VectorFunction::softmax, from, to);
                        });
}

}  // namespace systolith
