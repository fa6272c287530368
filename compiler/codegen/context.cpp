#include "compiler/codegen/context.h"

#include <algorithm>

#include "compiler/tiling/conv_tiling.h"

namespace systolith {

std::uint64_t ConstantPool::allocate(std::int64_t bytes) {
  const std::uint64_t at = next_;
  next_ += static_cast<std::uint64_t>(round_up(bytes, 64));
  return at;
}

void ConstantPool::fill(std::uint64_t address, std::vector<std::uint8_t> bytes) {
  if (with_values_) data_.push_back({address, std::move(bytes)});
}

std::uint64_t CodegenContext::buffer_base(std::int64_t footprint) const {
  if (kernel % 2 == 0) return 0;
  const std::int64_t slack = placement.streaming_bytes - footprint;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(slack, 0) / 64 * 64);
}

std::uint64_t CodegenContext::weight_base(const ConvTiling& tiling, std::uint64_t common) const {
  if (!tiling.weights_apart) return common;
  const std::int64_t begin = machine.core.scratchpad.capacity.count();
  if (kernel % 2 == 0) return static_cast<std::uint64_t>(begin);
  const std::int64_t slack =
      machine.core.weight_scratchpad.capacity.count() - tiling.weight_footprint();
  return static_cast<std::uint64_t>(begin + slack / 64 * 64);
}

KernelItems CodegenContext::empty_items(TensorId output) const {
  KernelItems items;
  items.layer = layer();
  items.cores.resize(cores());
  const View out = view(output);
  if (!out.resident()) items.shared_results.push_back(range_of(out, whole(out)));
  return items;
}

Share share_of(std::int64_t count, std::size_t core, std::size_t cores) {
  const auto c = static_cast<std::int64_t>(core), n = static_cast<std::int64_t>(cores);
  return {count * c / n, count * (c + 1) / n};
}

Operand operand(const View& view) {
  const std::int64_t units = units_per_byte(view.format);
  Operand o;
  o.space = Space::scratchpad;
  o.address = view.address * static_cast<std::uint64_t>(units);
  o.format = view.format;
  o.strides = {view.strides[0] * units, view.strides[1] * units, view.strides[2] * units,
               units_of(view.format)};
  return o;
}

VectorOp pool_op(const PoolSpec& pool, const View& in, std::int64_t in_row_begin, const View& out,
                 std::int64_t out_row_begin) {
  VectorOp op;
  op.function = pool.average ? VectorFunction::pool_avg : VectorFunction::pool_max;
  for (std::size_t d = 0; d < 4; ++d) op.shape[d] = static_cast<std::int32_t>(out.shape[d]);
  op.a = operand(in);
  op.destination = operand(out);
  op.scale_a = pool.scale;
  op.zero_a = in.quantization.zero_point;
  op.zero_out = out.quantization.zero_point;
  const auto i32 = [](std::int64_t v) { return static_cast<std::int32_t>(v); };
  op.window.kernel_h = i32(pool.kernel[0]);
  op.window.kernel_w = i32(pool.kernel[1]);
  op.window.stride_h = i32(pool.stride[0]);
  op.window.stride_w = i32(pool.stride[1]);
  op.window.dilation_h = i32(pool.dilation[0]);
  op.window.dilation_w = i32(pool.dilation[1]);
  op.window.origin_h = i32(out_row_begin * pool.stride[0] - pool.pads[0] - in_row_begin);
  op.window.origin_w = i32(-pool.pads[1]);
  op.window.in_h = i32(in.shape[1]);
  op.window.in_w = i32(in.shape[2]);
  op.window.count_padding = pool.count_padding;
  return op;
}

}  // namespace systolith
