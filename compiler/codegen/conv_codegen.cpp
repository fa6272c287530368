// A convolution's items: weights and input tiles in, array passes and the vector unit's epilogue,
// results out.
#include <algorithm>

#include "compiler/codegen/conv_products.h"
#include "compiler/codegen/mapped_order.h"
#include "compiler/codegen/slots.h"

namespace systolith {
namespace {

std::int32_t i32(std::int64_t v) { return static_cast<std::int32_t>(v); }

// The pixels of the output that are the convolution's results.
View on_grid(View view, const ConvKernel& conv) {
  if (conv.grid_stride == std::array<std::int64_t, 2>{1, 1}) return view;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t offset = conv.grid_offset[d] * view.strides[d + 1];
    view.address += static_cast<std::uint64_t>(offset);
    view.channel_bytes += offset;
    view.strides[d + 1] *= conv.grid_stride[d];
    view.shape[d + 1] = conv.conv_size[d];
  }
  return view;
}

// One core's walk through its share of a convolution.
class ConvCore {
 public:
  ConvCore(CodegenContext& context, const ConvKernel& conv, const ConvProblem& p,
           const ConvTiling& t, const PackedWeights& weights, std::size_t core)
      : context_(context),
        conv_(conv),
        p_(p),
        t_(t),
        weights_(weights),
        products_(context, conv, p, t),
        core_(core),
        input_(context.view(conv.input)),
        output_(on_grid(context.view(conv.output), conv)),
        table_buffer_(context.buffer_base(t.footprint()), t.table_bytes, t.slots),
        weight_buffer_(context.weight_base(t, table_buffer_.end()), t.weight_bytes, t.slots),
        input_buffer_(t.weights_apart ? table_buffer_.end() : weight_buffer_.end(), t.input_bytes,
                      t.slots),
        output_buffer_(input_buffer_.end(), t.output_bytes, t.slots),
        residual_buffer_(output_buffer_.end(), t.residual_bytes, t.slots),
        staging_(residual_buffer_.end()) {
    if (conv.residual != kNoTensor) residual_ = context.view(conv.residual);
  }

  // All depth blocks of one output tile; the first items of the list bring the operands.
  void tile(const PixelTile& pixels, std::size_t weight_tile, std::vector<Item>& items) {
    const std::int64_t turn = context_.accumulator_use[core_]++;
    for (std::size_t block = 0; block < weights_.tiles[weight_tile].blocks.size(); ++block)
      items.push_back(step(pixels, weight_tile, block, turn));
  }

  // One depth block of it. `turn`: the tile's number among those that share the accumulators.
  Item step(const PixelTile& pixels, std::size_t weight_tile, std::size_t block,
            std::int64_t turn) {
    const PackedTile& w = weights_.tiles[weight_tile];
    const std::int64_t rows = context_.machine.core.accumulator_rows();
    const std::int64_t sets = std::min<std::int64_t>(t_.sum_sets, rows);
    accumulator_base_ = turn % sets * (rows / sets);
    Item item;
    bring_weights(weight_tile, block, item);
    bring_input(pixels, w, w.blocks[block], item);
    products_.multiply({tile_view_,
                        {pixels.n, input_origin_[0], input_origin_[1]},
                        input_touch(),
                        weight_buffer_.current(),
                        accumulator_base_},
                       pixels, w.blocks[block], block > 0, item);
    if (block + 1 == w.blocks.size()) finish(pixels, w, w.blocks[block], item);
    return item;
  }

  // Behind a tile under a fused pool: pools the rows that it completes.
  void pool(const PixelTile& last, std::size_t weight_tile, Item& item) {
    if (last.h == 0 && last.w == 0) pooled_rows_ = 0;
    if (last.w + last.width < p_.out_w) return;
    const PackedTile& w = weights_.tiles[weight_tile];
    const std::int64_t begin = pooled_rows_, staged_rows = last.h + last.height;
    const std::int64_t end = rows_pooled_from(staged_rows);
    if (begin == end) return;
    pooled_rows_ = end;
    const Box box{{last.n, begin, 0, w.out_begin},
                  {1, end - begin, output_.shape[2], w.out_channels}};
    const std::int64_t first =
        std::max<std::int64_t>(begin * conv_.pool->stride[0] - conv_.pool->pads[0], 0);
    View staged = staging_view(w);
    staged.address = address_of(staged, {0, first, 0, 0});
    staged.shape[1] = staged_rows - first;
    const View out = destination(box);
    const VectorOp op = pool_op(*conv_.pool, staged, first, out, begin);
    item.work.push_back({context_.layer(),
                         op,
                         {read_all(staged), {Place::scratchpad, range_of(out, whole(out)), true}}});
    store(box, out, item);
  }

 private:
  static Touch read_all(const View& view) {
    return {Place::scratchpad, range_of(view, whole(view)), false};
  }

  // Output rows of the fused pool whose windows lie within the first `rows` rows of its input.
  std::int64_t rows_pooled_from(std::int64_t rows) const {
    const PoolSpec& pool = *conv_.pool;
    const std::int64_t all = output_.shape[1];
    const std::int64_t reach = (pool.kernel[0] - 1) * pool.dilation[0] + 1;
    const std::int64_t room = rows + pool.pads[0] - reach;
    if (rows == p_.out_h) return all;
    return room < 0 ? 0 : std::min(all, room / pool.stride[0] + 1);
  }

  void bring_weights(std::size_t tile, std::size_t block, Item& item) {
    if (held_tile_ == tile && held_block_ == block) return;
    held_tile_ = tile;
    held_block_ = block;
    const WeightBlock& b = weights_.tiles[tile].blocks[block];
    const std::uint64_t base = weight_buffer_.next();
    table_buffer_.next();
    for (const WeightPart& part : b.parts) {
      Load load{part.transfer};
      load.local_address += part.is_table ? table(b) : base;
      std::vector<Touch> touches = {{Place::scratchpad, local_range(load), true}};
      if (!part.is_constant) touches.push_back({Place::system, system_range(load), false});
      item.loads.push_back({context_.layer(), load, std::move(touches)});
    }
  }

  // Where the biases and scales of the current block are.
  std::uint64_t table(const WeightBlock& b) const {
    if (t_.weights_apart) return table_buffer_.current();
    return weight_buffer_.current() + static_cast<std::uint64_t>(b.table_offset);
  }

  // The input box under a pixel tile, clipped to the image.
  Box input_box(const PixelTile& o, const PackedTile& w, const WeightBlock& b) const {
    Box box;
    box.begin[0] = o.n;
    box.extent[0] = o.batch;
    const std::array<std::int64_t, 2> first = {o.h, o.w}, count = {o.height, o.width};
    for (std::size_t d = 0; d < 2; ++d) {
      const std::int64_t begin =
          first[d] * p_.stride[d] - conv_.pads[d] + b.tap_begin[d] * p_.dilation[d];
      const std::int64_t reach =
          (count[d] - 1) * p_.stride[d] + (b.taps[d] - 1) * p_.dilation[d] + 1;
      const std::int64_t size = d == 0 ? p_.in_h : p_.in_w;
      // A tile that sees nothing but padding still holds one row and column, which it ignores.
      box.begin[d + 1] = std::clamp<std::int64_t>(begin, 0, size - 1);
      box.extent[d + 1] = std::clamp(begin + reach, box.begin[d + 1] + 1, size) - box.begin[d + 1];
    }
    box.begin[3] = w.in_begin + b.channel_begin;
    box.extent[3] = w.groups == 1 ? b.channels : w.groups * p_.group_in;
    return box;
  }

  // Makes the input tile readable at tile_view_ (whose element 0 is input_origin_).
  void bring_input(const PixelTile& o, const PackedTile& w, const WeightBlock& b, Item& item) {
    const Box box = input_box(o, w, b);
    tile_box_ = box;
    if (input_.resident()) {
      tile_view_ =
          part(input_, {{o.n, 0, 0, box.begin[3]}, {o.batch, p_.in_h, p_.in_w, box.extent[3]}});
      input_origin_ = {0, 0};
      return;
    }
    input_origin_ = {box.begin[1], box.begin[2]};
    if (held_input_.begin == box.begin && held_input_.extent == box.extent && has_input_) return;
    has_input_ = true;
    held_input_ = box;
    tile_view_ = packed(input_, box, input_buffer_.next());
    item.loads.push_back(load_step(context_.layer(), input_, box, tile_view_));
  }

  Touch input_touch() const {
    const Box box = input_.resident() ? tile_box_ : Box{{0, 0, 0, 0}, tile_view_.shape};
    return {Place::scratchpad, range_of(input_.resident() ? input_ : tile_view_, box), false};
  }

  // The convolution's own result under a fused pool.
  View staging_view(const PackedTile& w) const {
    View like = output_;
    like.format = conv_.conv_format;
    like.quantization = conv_.conv_quantization;
    return packed(like, {{0, 0, 0, 0}, {1, p_.out_h, p_.out_w, w.out_channels}}, staging_);
  }

  // Where a box of the output is written: in place where resident, else the next output buffer.
  View destination(const Box& box) {
    if (!output_.resident()) return packed(output_, box, output_buffer_.next());
    return part(output_, box);
  }

  void store(const Box& box, const View& from, Item& item) {
    if (!output_.resident())
      item.stores.push_back(store_step(context_.layer(), output_, box, from));
  }

  // Epilogue of a finished output tile.
  void finish(const PixelTile& o, const PackedTile& w, const WeightBlock& b, Item& item) {
    const Box box{{o.n, o.h, o.w, w.out_begin}, {o.batch, o.height, o.width, w.out_channels}};
    View out;
    if (conv_.pool) {
      out = part(staging_view(w), {{0, o.h, o.w, 0}, box.extent});
    } else {
      out = destination(box);
    }
    View residual;
    if (conv_.residual != kNoTensor) residual = bring_residual(box, item);
    for (const SumPart& sums : products_.sums(accumulator_base_, o, b))
      item.work.push_back(epilogue(o, b, sums, out, residual));
    if (!conv_.pool) store(box, out, item);
  }

  View bring_residual(const Box& box, Item& item) {
    if (residual_.resident()) return part(residual_, box);
    const View view = packed(residual_, box, residual_buffer_.next());
    item.loads.push_back(load_step(context_.layer(), residual_, box, view));
    return view;
  }

  Step epilogue(const PixelTile& o, const WeightBlock& b, const SumPart& sums, const View& out,
                const View& residual) const {
    const PixelTile& pixels = sums.pixels;
    const ColumnTile& columns = sums.columns;
    const Box box{{pixels.n - o.n, pixels.h - o.h, pixels.w - o.w, columns.begin},
                  {pixels.batch, pixels.height, pixels.width, columns.count}};
    const auto shifted = [&](const View& view) {
      Operand part = operand(view);
      std::int64_t offset = columns.begin * units_of(view.format);
      for (std::size_t d = 0; d < 3; ++d) offset += box.begin[d] * part.strides[d];
      part.address += static_cast<std::uint64_t>(offset);
      return part;
    };
    VectorOp op;
    for (std::size_t d = 0; d < 4; ++d) op.shape[d] = i32(box.extent[d]);
    op.a = sums.operand;
    op.a.space = Space::accumulator;
    op.a.format = accumulator_of(input_.format);
    op.destination = shifted(out);
    op.zero_out = conv_.pool ? conv_.conv_quantization.zero_point : output_.quantization.zero_point;
    op.activation = conv_.activation.kind;
    op.low = conv_.activation.low;
    op.high = conv_.activation.high;
    op.scale_out = conv_.activation.scale_out;
    op.divisor = conv_.activation.divisor;
    op.rounding = conv_.rounding;
    const std::uint64_t biases = table(b);
    std::vector<Touch> touches = {{Place::accumulator, sums.rows, false},
                                  {Place::scratchpad, range_of(out, box), true}};
    const auto use_table = [&](std::uint64_t address) {
      const std::uint64_t at = address + static_cast<std::uint64_t>(columns.begin * 4);
      touches.push_back(
          {Place::scratchpad, {at, at + static_cast<std::uint64_t>(columns.count * 4)}, false});
      return at;
    };
    if (weights_.has_bias) op.bias_address = use_table(biases);
    if (!conv_.scale.empty())
      op.scale_address =
          use_table(biases + static_cast<std::uint64_t>(weights_.has_bias ? b.outputs * 4 : 0));
    if (conv_.residual != kNoTensor) {
      op.binary = BinaryFunction::add;
      op.b = shifted(residual);
      op.scale_b = conv_.residual_scale;
      op.zero_b = is_float(residual.format) ? 0 : residual.quantization.zero_point;
      touches.push_back({Place::scratchpad, range_of(residual, box), false});
    }
    return {context_.layer(), op, std::move(touches)};
  }

  CodegenContext& context_;
  const ConvKernel& conv_;
  const ConvProblem& p_;
  const ConvTiling& t_;
  const PackedWeights& weights_;
  ConvProducts products_;
  std::size_t core_;
  View input_, output_, residual_;
  Slots table_buffer_, weight_buffer_, input_buffer_, output_buffer_, residual_buffer_;
  std::uint64_t staging_;

  std::int64_t accumulator_base_ = 0, pooled_rows_ = 0;
  std::size_t held_tile_ = ~std::size_t{0}, held_block_ = ~std::size_t{0};
  bool has_input_ = false;
  Box held_input_, tile_box_;
  View tile_view_;
  std::array<std::int64_t, 2> input_origin_{};
};

}  // namespace

KernelItems generate_conv(CodegenContext& context, const ConvKernel& conv, const ConvTiling& tiling,
                          ProgramLayer& layer) {
  const ConvProblem p = conv_problem(context.graph, conv);
  const PackedWeights weights =
      conv.walk ? walk_weights(context, conv, p, tiling) : pack_weights(context, conv, p, tiling);
  layer.weight_bytes += weights.bytes;
  const std::vector<PixelTile> pixels = pixel_tiles(p, tiling);
  const auto weight_tiles = static_cast<std::int64_t>(weights.tiles.size());
  const auto pixel_count = static_cast<std::int64_t>(pixels.size());
  KernelItems items = context.empty_items(conv.output);
  for (std::size_t core = 0; core < context.cores(); ++core) {
    ConvCore walk(context, conv, p, tiling, weights, core);
    std::vector<Item>& list = items.cores[core];
    if (tiling.mapped) {
      for (const MappedStep& at : mapped_steps(p, tiling))
        list.push_back(walk.step(pixels[at.pixel_tile], at.weight_tile, at.block, at.turn));
      continue;
    }
    if (conv.pool) {
      const std::int64_t per_image = pixel_count / p.batch;
      const Share share = share_of(weight_tiles * p.batch, core, context.cores());
      for (std::int64_t unit = share.begin; unit < share.end; ++unit) {
        const auto w = static_cast<std::size_t>(unit / p.batch);
        const std::int64_t image = unit % p.batch;
        for (std::int64_t i = 0; i < per_image; ++i) {
          const PixelTile& tile = pixels[static_cast<std::size_t>(image * per_image + i)];
          walk.tile(tile, w, list);
          walk.pool(tile, w, list.back());
        }
      }
      continue;
    }
    const Share share = share_of(weight_tiles * pixel_count, core, context.cores());
    for (std::int64_t unit = share.begin; unit < share.end; ++unit) {
      const std::int64_t w = tiling.weights_outer ? unit / pixel_count : unit % weight_tiles;
      const std::int64_t o = tiling.weights_outer ? unit % pixel_count : unit / weight_tiles;
      walk.tile(pixels[static_cast<std::size_t>(o)], static_cast<std::size_t>(w), list);
    }
  }
  return items;
}

}  // namespace systolith
