#include "compiler/codegen/conv_products.h"

namespace systolith {
namespace {

std::int32_t i32(std::int64_t v) { return static_cast<std::int32_t>(v); }

Touch accumulators(std::int64_t first, std::int64_t rows, bool write) {
  const auto begin = static_cast<std::uint64_t>(first);
  return {Place::accumulator, {begin, begin + static_cast<std::uint64_t>(rows)}, write};
}

}  // namespace

void ConvProducts::add(Item& item, Operation operation, std::vector<Touch> touches) const {
  item.work.push_back({context_.layer(), std::move(operation), std::move(touches)});
}

void ConvProducts::multiply(const ProductSite& site, const PixelTile& pixels,
                            const WeightBlock& block, bool accumulate, Item& item) const {
  const ArrayConfig& array = context_.machine.core.array;
  if (t_.stationary == TileOperand::weights) {
    for (const ArrayTile& tile : block.tiles)
      held_weights({site, pixels, block, tile, site.sums + tile.column_tile * pixels.pixels(),
                    accumulate || tile.k_begin > 0},
                   item);
    return;
  }
  if (t_.stationary == TileOperand::sums) {
    for (const ArrayTile& tile : block.tiles) {
      std::int64_t row = site.sums + tile.column_tile * pixels.pixels();
      for (const PixelTile& part : held_blocks(pixels, array.rows)) {
        held_weights({site, part, block, tile, row, accumulate || tile.k_begin > 0}, item);
        row += part.pixels();
      }
    }
    return;
  }
  std::int64_t row = site.sums;
  for (const PixelTile& part : held_blocks(pixels, array.cols)) {
    for (const ArrayTile& tile : block.tiles) {
      const ColumnTile& columns = block.columns[static_cast<std::size_t>(tile.column_tile)];
      held_activations(
          {site, part, block, tile, row + columns.begin, accumulate || tile.k_begin > 0}, item);
    }
    row += block.outputs;
  }
}

// Or weights that stream past the sums: the commands differ in what they say stays.
void ConvProducts::held_weights(const Product& product, Item& item) const {
  add(item, weight_tile(product), {weight_touch(product)});
  add(item, matmul(product),
      {product.site.input_touch, accumulators(product.sums, product.pixels.pixels(), true)});
}

void ConvProducts::held_activations(const Product& product, Item& item) const {
  Preload preload;
  preload.rows = i32(product.tile.rows);
  preload.cols = i32(product.pixels.pixels());
  preload.format = p_.input;
  preload.against = p_.weights;
  preload.stationary = TileOperand::activations;
  preload.feed = activations(product);
  add(item, preload, {product.site.input_touch});
  Matmul op = matmul(product);
  op.feed = streamed_weights(product);
  op.cols = preload.cols;
  op.format = p_.weights;
  add(item, op, {weight_touch(product), accumulators(product.sums, product.tile.cols, true)});
}

Preload ConvProducts::weight_tile(const Product& product) const {
  const ArrayTile& tile = product.tile;
  Preload preload;
  preload.address = product.site.weights + static_cast<std::uint64_t>(tile.offset);
  preload.row_stride = tile.row_stride;
  preload.rows = i32(tile.rows);
  preload.cols = i32(tile.cols);
  preload.blocks = i32(tile.blocks);
  preload.format = p_.weights;
  preload.against = p_.input;
  preload.transposed = product.block.transposed;
  preload.stationary = t_.stationary;
  preload.sparsity = tile.sparsity;
  return preload;
}

Matmul ConvProducts::matmul(const Product& product) const {
  Matmul op;
  op.feed = activations(product);
  op.rows = i32(product.tile.rows);
  op.cols = i32(product.tile.cols);
  op.blocks = i32(product.tile.blocks);
  op.accumulator_row = product.sums;
  op.accumulate = product.accumulate;
  op.format = p_.input;
  op.stationary = t_.stationary;
  return op;
}

Feed ConvProducts::activations(const Product& product) const {
  const PixelTile& o = product.pixels;
  const View& view = product.site.input;
  const Operand input = operand(view);
  Feed f;
  f.address = input.address + static_cast<std::uint64_t>(
                                  (o.n - product.site.origin[0]) * input.strides[0] +
                                  product.tile.group_offset * p_.group_in * units_of(p_.input));
  f.pixel_stride = input.strides[2];
  f.row_stride = input.strides[1];
  f.image_stride = input.strides[0];
  f.in_h = i32(view.shape[1]);
  f.in_w = i32(view.shape[2]);
  const auto first = [&](std::size_t d, std::int64_t pixel) {
    const std::int64_t tap = product.block.tap_begin[d] * p_.dilation[d];
    return i32(pixel * p_.stride[d] - conv_.pads[d] + tap - product.site.origin[d + 1]);
  };
  f.origin_h = first(0, o.h);
  f.origin_w = first(1, o.w);
  f.out_n = i32(o.batch);
  f.out_h = i32(o.height);
  f.out_w = i32(o.width);
  f.stride_h = i32(p_.stride[0]);
  f.stride_w = i32(p_.stride[1]);
  f.dilation_h = i32(p_.dilation[0]);
  f.dilation_w = i32(p_.dilation[1]);
  f.kernel_h = i32(product.block.taps[0]);
  f.kernel_w = i32(product.block.taps[1]);
  f.channels = i32(product.block.channels);
  f.k_begin = i32(product.tile.k_begin);
  f.pad_value = is_float(view.format) ? 0 : view.quantization.zero_point;
  return f;
}

// Output channels as pixels, the contraction as their channels; or, where a contraction index's
// channels lie side by side, the other way round.
Feed ConvProducts::streamed_weights(const Product& product) const {
  const ArrayTile& tile = product.tile;
  const std::int64_t per_byte = units_per_byte(p_.weights);
  const bool by_channel = product.block.transposed;
  Feed f;
  f.address = (product.site.weights + static_cast<std::uint64_t>(tile.offset)) *
              static_cast<std::uint64_t>(per_byte);
  f.pixel_stride = tile.row_stride * per_byte;
  f.in_w = f.out_w = i32(by_channel ? tile.cols : tile.rows);
  f.channels = i32(by_channel ? tile.rows : tile.cols);
  f.transposed = !by_channel;
  return f;
}

Touch ConvProducts::weight_touch(const Product& product) const {
  const std::uint64_t begin =
      product.site.weights + static_cast<std::uint64_t>(product.tile.offset);
  return {
      Place::scratchpad, {begin, begin + static_cast<std::uint64_t>(product.tile.bytes)}, false};
}

std::vector<SumPart> ConvProducts::sums(std::int64_t first, const PixelTile& pixels,
                                        const WeightBlock& block) const {
  if (t_.stationary == TileOperand::activations) return transposed_sums(first, pixels, block);
  std::vector<SumPart> parts;
  for (const ColumnTile& columns : block.columns) {
    SumPart part{pixels, columns, {}, {}};
    const std::int64_t row = first + columns.index * pixels.pixels();
    part.rows = accumulators(row, pixels.pixels(), false).range;
    part.operand.address = static_cast<std::uint64_t>(row);
    part.operand.strides = {pixels.height * pixels.width, pixels.width, 1, 1};
    parts.push_back(part);
  }
  return parts;
}

std::vector<SumPart> ConvProducts::transposed_sums(std::int64_t first, const PixelTile& pixels,
                                                   const WeightBlock& block) const {
  std::vector<SumPart> parts;
  for (const PixelTile& held : held_blocks(pixels, context_.machine.core.array.cols)) {
    for (const ColumnTile& columns : block.columns) {
      SumPart part{held, columns, {}, {}};
      const std::int64_t row = first + columns.begin;
      part.rows = accumulators(row, columns.count, false).range;
      part.operand.address = static_cast<std::uint64_t>(row);
      part.operand.strides = {held.height * held.width, held.width, 1, 1};
      part.operand.transposed = true;
      parts.push_back(part);
    }
    first += block.outputs;
  }
  return parts;
}

}  // namespace systolith
