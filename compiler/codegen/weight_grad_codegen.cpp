// Items of a weight gradient: boxes of the input and of the arriving gradient in, array passes that
// sum over their pixels, the sums out. The arriving gradient is stationary, pixels along the
// array's rows; the input is streamed through the feeder's transposer, tap by tap and channel by
// channel.
#include <algorithm>

#include "compiler/codegen/context.h"
#include "compiler/codegen/row_tiles.h"
#include "compiler/codegen/slots.h"
#include "compiler/tiling/weight_grad_tiling.h"

namespace systolith {
namespace {

std::int32_t i32(std::int64_t v) { return static_cast<std::int32_t>(v); }

// The weights that are summed together.
struct WeightUnit {
  std::int64_t group = 0, column = 0, columns = 0, channel = 0, channels = 0;
};

std::vector<WeightUnit> units_of(const WeightGradProblem& p, const WeightGradTiling& t) {
  std::vector<WeightUnit> units;
  for (std::int64_t g = 0; g < p.groups; ++g)
    for (std::int64_t k = 0; k < p.group_out; k += t.columns)
      for (std::int64_t c = 0; c < p.group_in; c += t.channels)
        units.push_back(
            {g, k, std::min(t.columns, p.group_out - k), c, std::min(t.channels, p.group_in - c)});
  return units;
}

class WeightGradCore {
 public:
  WeightGradCore(CodegenContext& context, const WeightGradKernel& kernel,
                 const WeightGradProblem& p, const WeightGradTiling& t, std::size_t core)
      : context_(context),
        kernel_(kernel),
        p_(p),
        t_(t),
        core_(core),
        input_(context.view(kernel.input)),
        gradient_(context.view(kernel.gradient)),
        output_(context.view(kernel.output)),
        input_slots_(context.buffer_base(t.footprint()), t.input_bytes, 2),
        gradient_slots_(input_slots_.end(), t.gradient_bytes, 2),
        output_slots_(gradient_slots_.end(), t.output_bytes, 2) {}

  void unit(const WeightUnit& unit, std::vector<Item>& items) {
    const std::int64_t half = context_.machine.core.accumulator_rows() / 2;
    sums_ = half == 0 ? 0 : context_.accumulator_use[core_]++ % 2 * half;
    bool first = true;
    for (std::int64_t n = 0; n < p_.batch; n += t_.batch)
      for (std::int64_t h = 0; h < p_.out_h; h += t_.height)
        for (std::int64_t w = 0; w < p_.out_w; w += t_.width) {
          const Box pixels{{n, h, w, unit.group * p_.group_out + unit.column},
                           {std::min(t_.batch, p_.batch - n), std::min(t_.height, p_.out_h - h),
                            std::min(t_.width, p_.out_w - w), unit.columns}};
          Item item;
          multiply(unit, pixels, first, item);
          first = false;
          items.push_back(std::move(item));
        }
    drain(unit, items.back());
  }

 private:
  // The input under a box of pixels, clipped to the image; one row and column at least.
  Box input_box(const WeightUnit& unit, const Box& pixels) const {
    Box box = pixels;
    for (std::size_t d = 0; d < 2; ++d) {
      const std::int64_t begin = pixels.begin[d + 1] * p_.stride[d] - kernel_.pads[d];
      const std::int64_t size = d == 0 ? p_.in_h : p_.in_w;
      box.begin[d + 1] = std::clamp<std::int64_t>(begin, 0, size - 1);
      box.extent[d + 1] =
          std::clamp(begin + p_.reach(d, pixels.extent[d + 1]), box.begin[d + 1] + 1, size) -
          box.begin[d + 1];
    }
    box.begin[3] = unit.group * p_.group_in + unit.channel;
    box.extent[3] = unit.channels;
    return box;
  }

  View bring(const View& view, const Box& box, Slots& slots, Item& item) const {
    if (view.resident()) return part(view, box);
    const View local = packed(view, box, slots.next());
    item.loads.push_back(load_step(context_.layer(), view, box, local));
    return local;
  }

  Feed feed(const WeightUnit& unit, const Box& pixels, const Box& box, const View& input) const {
    Feed f;
    f.address = input.address;
    f.pixel_stride = input.strides[2];
    f.row_stride = input.strides[1];
    f.image_stride = input.strides[0];
    f.in_h = i32(box.extent[1]);
    f.in_w = i32(box.extent[2]);
    f.origin_h = i32(pixels.begin[1] * p_.stride[0] - kernel_.pads[0] - box.begin[1]);
    f.origin_w = i32(pixels.begin[2] * p_.stride[1] - kernel_.pads[1] - box.begin[2]);
    f.out_n = i32(pixels.extent[0]);
    f.out_h = i32(pixels.extent[1]);
    f.out_w = i32(pixels.extent[2]);
    f.stride_h = i32(p_.stride[0]);
    f.stride_w = i32(p_.stride[1]);
    f.dilation_h = i32(p_.dilation[0]);
    f.dilation_w = i32(p_.dilation[1]);
    f.kernel_h = i32(p_.kernel[0]);
    f.kernel_w = i32(p_.kernel[1]);
    f.channels = i32(unit.channels);
    f.transposed = true;
    return f;
  }

  std::int64_t sum_rows(const WeightUnit& unit) const { return p_.taps() * unit.channels; }

  Touch accumulators(const WeightUnit& unit, std::int64_t column_tile, bool write) const {
    const std::int64_t begin = sums_ + column_tile * sum_rows(unit);
    return {Place::accumulator,
            {static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(begin + sum_rows(unit))},
            write};
  }

  void multiply(const WeightUnit& unit, const Box& pixels, bool first, Item& item) {
    const Box box = input_box(unit, pixels);
    const View input = bring(input_, box, input_slots_, item);
    const View gradient = bring(gradient_, pixels, gradient_slots_, item);
    const std::int64_t count = pixels.extent[0] * pixels.extent[1] * pixels.extent[2];
    const std::int64_t rows = context_.machine.contraction_rows(input_.format, gradient_.format);
    const std::int64_t cols = context_.machine.core.array.cols;
    for (std::int64_t n = 0; n < unit.columns; n += cols)
      for (std::int64_t p = 0; p < count; p += rows) {
        Preload preload;
        preload.address =
            gradient.address + static_cast<std::uint64_t>(p * gradient.strides[2] + n * p_.element);
        preload.row_stride = gradient.strides[2];
        preload.rows = i32(std::min(rows, count - p));
        preload.cols = i32(std::min(cols, unit.columns - n));
        preload.format = gradient_.format;
        preload.against = input_.format;
        item.work.push_back({context_.layer(), preload, {reads(gradient)}});
        Matmul matmul;
        matmul.feed = feed(unit, pixels, box, input);
        matmul.feed.k_begin = i32(p);
        matmul.rows = preload.rows;
        matmul.cols = preload.cols;
        matmul.accumulator_row = sums_ + n / cols * sum_rows(unit);
        matmul.accumulate = !first || p > 0;
        matmul.format = input_.format;
        item.work.push_back(
            {context_.layer(), matmul, {reads(input), accumulators(unit, n / cols, true)}});
      }
  }

  void drain(const WeightUnit& unit, Item& item) {
    const Box box{{0, 0, unit.channel, unit.group * p_.group_out + unit.column},
                  {p_.kernel[0], p_.kernel[1], unit.channels, unit.columns}};
    const View out =
        output_.resident() ? part(output_, box) : packed(output_, box, output_slots_.next());
    const std::int64_t cols = context_.machine.core.array.cols;
    for (std::int64_t n = 0; n < unit.columns; n += cols) {
      Box columns = whole(out);
      columns.begin[3] = n;
      columns.extent[3] = std::min(cols, unit.columns - n);
      const View to = part(out, columns);
      VectorOp op;
      for (std::size_t d = 0; d < 4; ++d) op.shape[d] = i32(to.shape[d]);
      op.a.space = Space::accumulator;
      op.a.address = static_cast<std::uint64_t>(sums_ + n / cols * sum_rows(unit));
      op.a.format = Format::fp32;
      op.a.strides = {p_.kernel[1] * unit.channels, unit.channels, 1, 1};
      op.destination = operand(to);
      item.work.push_back(
          {context_.layer(), op, {accumulators(unit, n / cols, false), writes(to)}});
    }
    finish(context_, output_, box, out, item);
  }

  CodegenContext& context_;
  const WeightGradKernel& kernel_;
  const WeightGradProblem& p_;
  const WeightGradTiling& t_;
  std::size_t core_;
  View input_, gradient_, output_;
  Slots input_slots_, gradient_slots_, output_slots_;
  std::int64_t sums_ = 0;  // first accumulator row
};

}  // namespace

KernelItems generate_weight_grad(CodegenContext& context, const WeightGradKernel& kernel,
                                 const WeightGradTiling& tiling) {
  const WeightGradProblem p = weight_grad_problem(context.graph, kernel);
  const std::vector<WeightUnit> units = units_of(p, tiling);
  KernelItems items = context.empty_items(kernel.output);
  for (std::size_t core = 0; core < context.cores(); ++core) {
    WeightGradCore walk(context, kernel, p, tiling, core);
    const Share share = share_of(static_cast<std::int64_t>(units.size()), core, context.cores());
    for (std::int64_t u = share.begin; u < share.end; ++u)
      walk.unit(units[static_cast<std::size_t>(u)], items.cores[core]);
  }
  return items;
}

}  // namespace systolith
