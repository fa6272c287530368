// Chains of vector passes: a box of the pixels at a time, with values per channel that stay at hand
// from the first box of a range of channels to its last.
#include <algorithm>

#include "compiler/codegen/row_tiles.h"

namespace systolith {
namespace {

constexpr std::int64_t kWord = 4;    // bytes of a value per channel
constexpr std::int64_t kAlign = 64;  // of buffers

struct ChannelRange {
  std::int64_t begin = 0, count = 0;
};

// One chain on one core.
class ChainCore {
 public:
  ChainCore(CodegenContext& context, const ChainKernel& chain, const std::vector<View>& views,
            std::int64_t set_bytes, std::int64_t channels)
      : context_(context),
        chain_(chain),
        views_(views),
        buffers_(context, set_bytes,
                 static_cast<std::int64_t>(chain.values.size()) * slot_bytes(channels)),
        slot_bytes_(slot_bytes(channels)),
        locals_(chain.values.size()) {}

  static std::int64_t slot_bytes(std::int64_t channels) {
    return round_up(channels * kWord, kAlign);
  }

  // Where a range begins: its values per channel, and what is computed ahead of its pixels.
  void begin(const ChannelRange& range, Item& item) {
    range_ = range;
    first_box_ = true;
    for (std::size_t v = 0; v < chain_.values.size(); ++v) {
      if (!chain_.values[v].per_channel) continue;
      locals_[v] = vector_view(v);
      const bool loaded = views_[v].shape[3] > 0 && chain_.values[v].tensor != kNoTensor &&
                          chain_.reads_first(static_cast<int>(v));
      if (loaded)
        item.loads.push_back(load_step(context_.layer(), views_[v], vector_box(v), locals_[v]));
    }
    on_vectors(ChainStep::When::before, item);
  }

  void box(const Box& box, Item& item) {
    buffers_.next();
    for (std::size_t v = 0; v < chain_.values.size(); ++v) {
      if (chain_.values[v].per_channel) continue;
      const Box part = broadcast_box(views_[v], box);
      locals_[v] = chain_.reads_first(static_cast<int>(v)) && has_tensor(v)
                       ? buffers_.fetch(context_, views_[v], part, item)
                       : buffers_.room(views_[v], part);
    }
    for (const ChainStep& step : chain_.steps)
      if (step.when == ChainStep::When::each) on_box(step, box, item);
    for (std::size_t v = 0; v < chain_.values.size(); ++v)
      if (!chain_.values[v].per_channel && has_tensor(v) && chain_.writes(static_cast<int>(v)))
        finish(context_, views_[v], box, locals_[v], item);
    first_box_ = false;
  }

  void end(Item& item) {
    on_vectors(ChainStep::When::after, item);
    for (std::size_t v = 0; v < chain_.values.size(); ++v)
      if (chain_.values[v].per_channel && has_tensor(v) && chain_.writes(static_cast<int>(v)))
        item.stores.push_back(store_step(context_.layer(), views_[v], vector_box(v), locals_[v]));
  }

 private:
  bool has_tensor(std::size_t v) const { return chain_.values[v].tensor != kNoTensor; }
  bool is_scalar(std::size_t v) const { return views_[v].shape[3] == 1; }

  Box vector_box(std::size_t v) const {
    if (is_scalar(v)) return {{0, 0, 0, 0}, {1, 1, 1, 1}};
    return {{0, 0, 0, range_.begin}, {1, 1, 1, range_.count}};
  }
  View vector_view(std::size_t v) const {
    const std::uint64_t at =
        buffers_.kept() + static_cast<std::uint64_t>(static_cast<std::int64_t>(v) * slot_bytes_);
    return packed(views_[v], vector_box(v), at);
  }

  // A value as the operand of a pass over `extent`.
  Operand operand_of(int value, const Box& box) const {
    return broadcast_operand(locals_[static_cast<std::size_t>(value)], box);
  }
  const View& local(int value) const { return locals_[static_cast<std::size_t>(value)]; }

  void on_vectors(ChainStep::When when, Item& item) const {
    for (const ChainStep& step : chain_.steps) {
      if (step.when != when) continue;
      const std::int64_t count = local(step.out).shape[3];
      if (step.across) {
        item.work.push_back(across(step));
      } else {
        item.work.push_back(pass(step, {{0, 0, 0, 0}, {1, 1, 1, count}}));
      }
    }
  }

  void on_box(const ChainStep& step, const Box& box, Item& item) const {
    item.work.push_back(pass(step, {{0, 0, 0, 0}, box.extent}));
  }

  Step pass(const ChainStep& step, const Box& box) const {
    VectorOp op;
    op.function = step.function;
    for (std::size_t d = 0; d < 4; ++d) op.shape[d] = static_cast<std::int32_t>(box.extent[d]);
    op.destination = operand_of(step.out, box);
    op.a = operand_of(step.a, box);
    op.accumulate = step.function == VectorFunction::reduce_sum && !first_box_;
    std::vector<Touch> touches = {reads(local(step.a)), writes(local(step.out))};
    if (op.accumulate) touches.push_back(reads(local(step.out)));
    set_parameters(step, op, touches);
    if (step.binary != BinaryFunction::none) {
      op.b = operand_of(step.b, box);
      touches.push_back(reads(local(step.b)));
    }
    return {context_.layer(), op, std::move(touches)};
  }

  void set_parameters(const ChainStep& step, VectorOp& op, std::vector<Touch>& touches) const {
    op.binary = step.binary;
    op.scale_a = step.scale_a;
    op.scale_b = step.scale_b;
    op.activation = step.activation.kind;
    op.low = step.activation.low;
    op.high = step.activation.high;
    op.scale_out = step.activation.scale_out;
    op.divisor = step.activation.divisor;
    const auto address_of_value = [&](int value) {
      touches.push_back(reads(local(value)));
      return local(value).address;
    };
    if (step.bias != ChainStep::kNone) op.bias_address = address_of_value(step.bias);
    if (step.scale != ChainStep::kNone) op.scale_address = address_of_value(step.scale);
  }

  // Channels become pixels, one after the other.
  Step across(const ChainStep& step) const {
    VectorOp op;
    op.function = VectorFunction::reduce_sum;
    op.shape = {1, 1, static_cast<std::int32_t>(local(step.a).shape[3]), 1};
    op.a = operand(local(step.a));
    op.a.strides[2] = kWord;
    op.destination = operand(local(step.out));
    op.destination.strides = {0, 0, 0, kWord};
    std::vector<Touch> touches = {reads(local(step.a)), writes(local(step.out))};
    set_parameters(step, op, touches);
    return {context_.layer(), op, std::move(touches)};
  }

  CodegenContext& context_;
  const ChainKernel& chain_;
  const std::vector<View>& views_;
  TileBuffers buffers_;
  std::int64_t slot_bytes_;
  std::vector<View> locals_;  // by value
  ChannelRange range_;
  bool first_box_ = true;
};

// By value; of a temporary what its tensor would be, never at hand.
std::vector<View> views_of(const CodegenContext& context, const ChainKernel& chain) {
  std::vector<View> views;
  for (const ChainValue& value : chain.values) {
    if (value.tensor != kNoTensor) {
      views.push_back(context.view(value.tensor));
      continue;
    }
    View view;
    view.format = Format::fp32;
    view.shape = chain.shape;
    if (value.per_channel) view.shape = {1, 1, 1, value.scalar ? 1 : chain.shape[3]};
    views.push_back(view);
  }
  return views;
}

bool writes_vectors(const ChainKernel& chain) {
  for (std::size_t v = 0; v < chain.values.size(); ++v)
    if (chain.values[v].per_channel && chain.values[v].tensor != kNoTensor &&
        chain.writes(static_cast<int>(v)))
      return true;
  return false;
}

// The boxes of a chain: pixels in row-major order under each range of channels.
struct ChainBoxes {
  std::vector<ChannelRange> ranges;
  std::vector<Box> pixels;  // channels to be filled in
  std::int64_t set_bytes = 0, channels = 0;
};

ChainBoxes boxes_of(const CodegenContext& context, const ChainKernel& chain,
                    const std::vector<View>& views, bool by_range) {
  const auto set_bytes = [&](const Box& box) {
    std::int64_t bytes = 0;
    for (std::size_t v = 0; v < views.size(); ++v)
      if (!chain.values[v].per_channel)
        bytes += buffer_bytes(views[v], broadcast_box(views[v], box));
    return bytes;
  };
  const auto values = static_cast<std::int64_t>(views.size());
  const auto bytes = [&](const Box& box) {
    return set_bytes(box) + round_up(values * ChainCore::slot_bytes(box.extent[3]) / 2, kAlign);
  };
  std::array<std::int64_t, 4> shape = chain.shape;
  const bool whole = chain.whole_channels();
  const auto cores = static_cast<std::int64_t>(context.cores());
  if (by_range && !whole) shape[3] = ceil_div(shape[3], cores);
  const std::size_t wanted = by_range ? 1 : context.cores() * 2;
  const Box tile = cut_boxes(context.graph.kernels[context.kernel].name, shape, {true, !whole},
                             context.placement.streaming_bytes, bytes, wanted)
                       .front();
  ChainBoxes boxes;
  boxes.set_bytes = set_bytes(tile);
  boxes.channels = tile.extent[3];
  for (std::int64_t c = 0; c < chain.shape[3]; c += boxes.channels)
    boxes.ranges.push_back({c, std::min(boxes.channels, chain.shape[3] - c)});
  for (std::int64_t n = 0; n < shape[0]; n += tile.extent[0])
    for (std::int64_t h = 0; h < shape[1]; h += tile.extent[1])
      for (std::int64_t w = 0; w < shape[2]; w += tile.extent[2])
        boxes.pixels.push_back(
            {{n, h, w, 0},
             {std::min(tile.extent[0], shape[0] - n), std::min(tile.extent[1], shape[1] - h),
              std::min(tile.extent[2], shape[2] - w), 0}});
  return boxes;
}

KernelItems no_items(const CodegenContext& context, const ChainKernel& chain,
                     const std::vector<View>& views) {
  KernelItems items;
  items.layer = context.layer();
  items.cores.resize(context.cores());
  for (std::size_t v = 0; v < views.size(); ++v)
    if (chain.values[v].tensor != kNoTensor && chain.writes(static_cast<int>(v)) &&
        !views[v].resident())
      items.shared_results.push_back(range_of(views[v], whole(views[v])));
  return items;
}

}  // namespace

KernelItems generate_chain(CodegenContext& context, const ChainKernel& chain) {
  const std::vector<View> views = views_of(context, chain);
  // Sums are made where they are kept, so that a range of channels is one core's.
  const bool by_range = chain.reduces() || writes_vectors(chain);
  const ChainBoxes boxes = boxes_of(context, chain, views, by_range);
  const auto pixels = static_cast<std::int64_t>(boxes.pixels.size());
  const auto ranges = static_cast<std::int64_t>(boxes.ranges.size());
  KernelItems items = no_items(context, chain, views);
  for (std::size_t core = 0; core < context.cores(); ++core) {
    ChainCore walk(context, chain, views, boxes.set_bytes, boxes.channels);
    Share share = share_of(by_range ? ranges : ranges * pixels, core, context.cores());
    if (by_range) share = {share.begin * pixels, share.end * pixels};
    for (std::int64_t unit = share.begin; unit < share.end; ++unit) {
      const ChannelRange& range = boxes.ranges[static_cast<std::size_t>(unit / pixels)];
      Box box = boxes.pixels[static_cast<std::size_t>(unit % pixels)];
      box.begin[3] = range.begin;
      box.extent[3] = range.count;
      Item item;
      if (unit == share.begin || unit % pixels == 0) walk.begin(range, item);
      walk.box(box, item);
      if (unit % pixels + 1 == pixels) walk.end(item);
      items.cores[core].push_back(std::move(item));
    }
  }
  return items;
}

}  // namespace systolith
