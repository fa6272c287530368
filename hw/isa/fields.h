// The one table of the command set: every operation's fields in their order on the wire. Text and
// binary forms, validation, comparison and the reference page are all derived from it
// (print.h, parse.h, encode.h, validate.h, reference.h).
//
// visit_fields(OperationType<Op>{}, visit) calls visit(field, access) for each field of Op, where
// access(op) is a reference to it. A field's default is its value in Op{}.
#pragma once

#include <limits>
#include <string_view>

#include "hw/isa/command.h"

namespace systolith {

// What an integer field may hold. `or_absent`: VectorOp::kAbsent too.
struct FieldRange {
  std::int64_t low, high;
  bool or_absent = false;
};

// The reach of an address or stride: room for 255 shared levels above DRAM (hw/arch/machine.h), and
// far from the overflow of any sum of them.
inline constexpr std::int64_t kReach = std::int64_t{1} << 52;
inline constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();
inline constexpr FieldRange kAddress{0, kReach};
inline constexpr FieldRange kOptionalAddress{0, kReach, true};
inline constexpr FieldRange kStride{-kReach, kReach};
inline constexpr FieldRange kCount{1, kInt32Max};
inline constexpr FieldRange kNatural{0, kInt32Max};
inline constexpr FieldRange kAnyInt{-kInt32Max - 1, kInt32Max};
inline constexpr FieldRange kNone{0, 0};  // of fields that aren't integers

struct Field {
  std::string_view group;  // the struct inside the operation, or empty
  std::string_view name;   // as the member
  FieldRange range;
  std::string_view meaning;
};

template <class Op>
struct OperationType {
  using type = Op;
};

namespace detail {

template <class A>
constexpr auto member(A a) {
  return [a](auto& op) -> auto& { return op.*a; };
}
template <class A, class B>
constexpr auto member(A a, B b) {
  return [ a, b ](auto& op) -> auto& { return (op.*a).*b; };
}

template <class Visit>
void visit_transfer(Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"", name, range, what}, member(m));
  };
  field(&Transfer::system_address, "system_address", kAddress, "DRAM or shared level, bytes");
  field(&Transfer::local_address, "local_address", kAddress, "scratchpad, bytes");
  field(&Transfer::run, "run", {1, kReach}, "contiguous bytes");
  field(&Transfer::loops, "loops", kStride,
        "repetition, outermost first: count:system_stride:local_stride, strides in bytes");
  field(&Transfer::element, "element", {0, 8}, "bytes that stay together; 0: all of a run");
  field(&Transfer::element_stride, "element_stride", kStride, "scratchpad bytes between them");
  field(&Transfer::half_bytes, "half_bytes", kNone, "codes that are bytes in the scratchpad");
  const auto pad = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"pad", name, range, what}, member(&Transfer::pad, m));
  };
  pad(&Padding::top, "top", kNatural, "rows before the innermost loop's");
  pad(&Padding::left, "left", kNatural, "bytes before each run");
  pad(&Padding::bottom, "bottom", kNatural, "rows behind the innermost loop's");
  pad(&Padding::right, "right", kNatural, "bytes behind each run");
  pad(&Padding::value, "value", {0, 255}, "of the bytes around");
}

template <class Visit>
void visit_operand(std::string_view group, Operand VectorOp::*operand, Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{group, name, range, what}, member(operand, m));
  };
  field(&Operand::space, "space", kNone, "where it lies");
  field(&Operand::address, "address", kAddress, "scratchpad units or accumulator row");
  field(&Operand::format, "format", kNone, "number format");
  field(&Operand::strides, "strides", kStride, "of dims 0 to 3: units, in accumulators rows");
}

template <class Visit>
void visit_transposed(std::string_view group, Operand VectorOp::*operand, Visit&& visit) {
  visit(Field{group, "transposed", kNone, "dim 3 runs down the accumulators' rows"},
        member(operand, &Operand::transposed));
}

template <class Op, class Visit>
void visit_feed(Feed Op::*feed, Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"feed", name, range, what}, member(feed, m));
  };
  field(&Feed::address, "address", kAddress, "scratchpad, units");
  field(&Feed::pixel_stride, "pixel_stride", kStride, "units between neighbours in w");
  field(&Feed::row_stride, "row_stride", kStride, "units between neighbours in h");
  field(&Feed::image_stride, "image_stride", kStride, "units between images");
  field(&Feed::in_h, "in_h", kCount, "input height present; outside is padding");
  field(&Feed::in_w, "in_w", kCount, "input width present; outside is padding");
  field(&Feed::origin_h, "origin_h", kAnyInt, "input h of output 0, tap 0");
  field(&Feed::origin_w, "origin_w", kAnyInt, "input w of output 0, tap 0");
  field(&Feed::out_n, "out_n", kCount, "images streamed");
  field(&Feed::out_h, "out_h", kCount, "output height streamed");
  field(&Feed::out_w, "out_w", kCount, "output width streamed");
  field(&Feed::stride_h, "stride_h", kCount, "convolution stride");
  field(&Feed::stride_w, "stride_w", kCount, "convolution stride");
  field(&Feed::dilation_h, "dilation_h", kCount, "distance between taps");
  field(&Feed::dilation_w, "dilation_w", kCount, "distance between taps");
  field(&Feed::kernel_h, "kernel_h", kCount, "taps in h");
  field(&Feed::kernel_w, "kernel_w", kCount, "taps in w");
  field(&Feed::channels, "channels", kCount, "channels of one block");
  field(&Feed::k_begin, "k_begin", kNatural, "contraction index of a block's first array row");
  field(&Feed::pad_value, "pad_value", kAnyInt, "what the feeder supplies outside");
}

template <class Visit>
void visit_window(Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"window", name, range, what}, member(&VectorOp::window, m));
  };
  field(&Window::kernel_h, "kernel_h", kCount, "taps in h");
  field(&Window::kernel_w, "kernel_w", kCount, "taps in w");
  field(&Window::stride_h, "stride_h", kCount, "pooling stride");
  field(&Window::stride_w, "stride_w", kCount, "pooling stride");
  field(&Window::dilation_h, "dilation_h", kCount, "distance between taps");
  field(&Window::dilation_w, "dilation_w", kCount, "distance between taps");
  field(&Window::origin_h, "origin_h", kAnyInt, "input h of output 0, tap 0");
  field(&Window::origin_w, "origin_w", kAnyInt, "input w of output 0, tap 0");
  field(&Window::in_h, "in_h", kCount, "extent of operand a in dim 1");
  field(&Window::in_w, "in_w", kCount, "extent of operand a in dim 2");
  field(&Window::count_padding, "count_padding", kNone, "pool_avg divides by all taps");
}

}  // namespace detail

template <class Visit>
void visit_fields(OperationType<Load>, Visit&& visit) {
  detail::visit_transfer(visit);
}

template <class Visit>
void visit_fields(OperationType<Store>, Visit&& visit) {
  detail::visit_transfer(visit);
}

template <class Visit>
void visit_fields(OperationType<Preload>, Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"", name, range, what}, detail::member(m));
  };
  field(&Preload::address, "address", kAddress, "scratchpad, bytes");
  field(&Preload::row_stride, "row_stride", kStride, "bytes between rows");
  field(&Preload::rows, "rows", kCount, "contraction length of the tile");
  field(&Preload::cols, "cols", kCount, "columns of the tile");
  field(&Preload::blocks, "blocks", kCount, "dense blocks on the tile's diagonal");
  field(&Preload::format, "format", kNone, "of the weights");
  field(&Preload::transposed, "transposed", kNone, "row_stride is between columns");
  field(&Preload::against, "against", kNone, "format of what it is multiplied with");
  field(&Preload::stationary, "stationary", kNone, "what stays in the PEs");
  detail::visit_feed(&Preload::feed, visit);
  const auto ratio = [&](auto m, std::string_view name, std::string_view what) {
    visit(Field{"sparsity", name, {1, 16}, what}, detail::member(&Preload::sparsity, m));
  };
  ratio(&Sparsity::n, "n", "weights stored of every m");
  ratio(&Sparsity::m, "m", "contraction indices of a group");
}

template <class Visit>
void visit_fields(OperationType<Matmul>, Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"", name, range, what}, detail::member(m));
  };
  field(&Matmul::rows, "rows", kCount, "contraction length: array rows in use, of all blocks");
  field(&Matmul::cols, "cols", kCount, "array columns in use, of all blocks");
  field(&Matmul::blocks, "blocks", kCount, "as in the preload");
  field(&Matmul::accumulator_row, "accumulator_row", kAddress, "row that streamed row 0 goes to");
  field(&Matmul::accumulate, "accumulate", kNone, "sum into the accumulators, not replace");
  field(&Matmul::new_weights, "new_weights", kNone, "swap to the oldest preloaded plane first");
  field(&Matmul::format, "format", kNone, "of the streamed rows");
  detail::visit_feed(&Matmul::feed, visit);
  visit(Field{"feed", "transposed", kNone, "pixels along the array's rows, taps streamed"},
        detail::member(&Matmul::feed, &Feed::transposed));
  field(&Matmul::stationary, "stationary", kNone, "what stays in the PEs");
}

template <class Visit>
void visit_fields(OperationType<VectorOp>, Visit&& visit) {
  const auto field = [&](auto m, std::string_view name, FieldRange range, std::string_view what) {
    visit(Field{"", name, range, what}, detail::member(m));
  };
  field(&VectorOp::function, "function", kNone, "what the pass computes");
  field(&VectorOp::binary, "binary", kNone, "map: how b joins");
  field(&VectorOp::activation, "activation", kNone, "map: applied after b has joined");
  field(&VectorOp::shape, "shape", kCount, "of the output");
  detail::visit_operand("destination", &VectorOp::destination, visit);
  detail::visit_operand("a", &VectorOp::a, visit);
  detail::visit_operand("b", &VectorOp::b, visit);
  field(&VectorOp::bias_address, "bias_address", kOptionalAddress, "scratchpad, per channel");
  field(&VectorOp::scale_address, "scale_address", kOptionalAddress, "scratchpad, per channel");
  field(&VectorOp::scale_a, "scale_a", kNone, "factor of a");
  field(&VectorOp::scale_b, "scale_b", kNone, "factor of b");
  field(&VectorOp::scale_out, "scale_out", kNone, "lrn, softmax to integers: 1/scale");
  field(&VectorOp::zero_a, "zero_a", kAnyInt, "zero point of a");
  field(&VectorOp::zero_b, "zero_b", kAnyInt, "zero point of b");
  field(&VectorOp::zero_out, "zero_out", kAnyInt, "zero point of the output");
  field(&VectorOp::low, "low", kNone, "clamp: lower limit; others: alpha");
  field(&VectorOp::high, "high", kNone, "clamp: upper limit; others: beta");
  detail::visit_window(visit);
  field(&VectorOp::lrn_size, "lrn_size", kCount, "lrn: channels in the sum");
  field(&VectorOp::lrn_alpha, "lrn_alpha", kNone, "lrn: alpha");
  field(&VectorOp::lrn_beta, "lrn_beta", kNone, "lrn: beta");
  field(&VectorOp::lrn_bias, "lrn_bias", kNone, "lrn: k");
  field(&VectorOp::accumulate, "accumulate", kNone, "reduce_sum: from the destination on");
  detail::visit_transposed("destination", &VectorOp::destination, visit);
  detail::visit_transposed("a", &VectorOp::a, visit);
  detail::visit_transposed("b", &VectorOp::b, visit);
  field(&VectorOp::divisor, "divisor", kNone, "map: what the result is divided by");
  field(&VectorOp::rounding, "rounding", kNone, "map of int32 into integers: how it is scaled");
}

template <class Visit>
void visit_fields(OperationType<Sync>, Visit&&) {}

}  // namespace systolith
