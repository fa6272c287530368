#include "hw/vector/vector_access.h"

#include <algorithm>

#include "hw/base/error.h"
#include "hw/control/engine.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {
namespace {

bool scatters(const VectorOp& op) { return op.function == VectorFunction::pool_max_grad; }

bool is_pool(const VectorOp& op) {
  return op.function == VectorFunction::pool_max || op.function == VectorFunction::pool_avg ||
         scatters(op);
}

bool reads_b(const VectorOp& op) { return op.binary != BinaryFunction::none || scatters(op); }

struct Span {  // of one dimension's coordinates; empty: low > high
  std::int64_t low = 0, high = 0;
};

Span window_span(std::int64_t origin, std::int64_t out, std::int64_t stride, std::int64_t kernel,
                 std::int64_t dilation, std::int64_t in) {
  return {std::max<std::int64_t>(origin, 0),
          std::min(origin + (out - 1) * stride + (kernel - 1) * dilation, in - 1)};
}

// The coordinates that operand a, or any other, is accessed at.
std::array<Span, 4> spans(const VectorOp& op, bool windowed) {
  std::array<Span, 4> result;
  for (std::size_t i = 0; i < 4; ++i) result[i] = {0, op.shape[i] - 1};
  if (windowed) {
    const Window& w = op.window;
    result[1] = window_span(w.origin_h, op.shape[1], w.stride_h, w.kernel_h, w.dilation_h, w.in_h);
    result[2] = window_span(w.origin_w, op.shape[2], w.stride_w, w.kernel_w, w.dilation_w, w.in_w);
  }
  return result;
}

struct Reach {
  std::int64_t first = 0, last = 0;  // units of elements, or rows
  bool empty = false;
};

Reach reach_of(const Operand& operand, const std::array<Span, 4>& at, std::size_t dimensions) {
  Reach reach{static_cast<std::int64_t>(operand.address),
              static_cast<std::int64_t>(operand.address), false};
  for (std::size_t i = 0; i < dimensions; ++i) {
    if (at[i].low > at[i].high) return {0, 0, true};
    const std::int64_t a = at[i].low * operand.strides[i], b = at[i].high * operand.strides[i];
    reach.first += std::min(a, b);
    reach.last += std::max(a, b);
  }
  return reach;
}

void check_operand(const Command& command, const char* name, const Operand& operand,
                   const std::array<Span, 4>& at, const VectorLimits& limits) {
  if (operand.space == Space::none) return;
  if (operand.space == Space::scratchpad) {
    const Reach reach = reach_of(operand, at, 4);
    const std::int64_t per_byte = units_per_byte(operand.format);
    const std::int64_t last = reach.last + units_of(operand.format) - 1;
    if (!reach.empty && (reach.first < 0 || last >= limits.scratchpad.count() * per_byte))
      user_error(
          "program does not fit the machine: {} has operand {} in bytes {} to {} of the "
          "scratchpad, which has {}",
          describe(command), name, reach.first / per_byte, last / per_byte,
          limits.scratchpad.count());
    return;
  }
  Reach rows = reach_of(operand, at, 3), columns{at[3].low, at[3].high, rows.empty};
  if (operand.transposed) {
    const auto address = static_cast<std::int64_t>(operand.address);
    std::swap(rows, columns);
    rows = {rows.first + address, rows.last + address, rows.empty};
    columns = {columns.first - address, columns.last - address, columns.empty};
  }
  if (!rows.empty && (rows.first < 0 || rows.last >= limits.accumulator_rows || columns.first < 0 ||
                      columns.last >= limits.accumulator_cols))
    user_error(
        "program does not fit the machine: {} has operand {} in rows {} to {}, columns {} to "
        "{} of the accumulators, which have {} x {}",
        describe(command), name, rows.first, rows.last, columns.first, columns.last,
        limits.accumulator_rows, limits.accumulator_cols);
  if (units_of(operand.format) != 4)
    user_error(
        "malformed program: {} has {} operand {} in the accumulators, which hold int32 and "
        "fp32",
        describe(command), to_string(operand.format), name);
}

void check_parameters(const Command& command, const char* name, std::uint64_t address,
                      std::int64_t channels, const VectorLimits& limits) {
  if (address == VectorOp::kAbsent) return;
  const auto capacity = static_cast<std::uint64_t>(limits.scratchpad.count());
  const std::uint64_t end = address + static_cast<std::uint64_t>(4 * channels);
  if (address > capacity || end > capacity)
    user_error(
        "program does not fit the machine: {} has its {} in bytes {} to {} of the "
        "scratchpad, which has {}",
        describe(command), name, address, end - 1, capacity);
}

bool side_by_side(const Operand& operand) { return operand.strides[3] == units_of(operand.format); }

std::int64_t row_words(const Operand& operand, std::int64_t elements, Bytes width) {
  if (operand.space != Space::scratchpad) return 0;
  if (!side_by_side(operand)) return operand.strides[3] == 0 ? 1 : elements;
  const auto per_byte = static_cast<std::uint64_t>(units_per_byte(operand.format));
  const auto units = static_cast<std::uint64_t>(elements * units_of(operand.format));
  const std::uint64_t begin = operand.address / per_byte;
  const std::uint64_t end = (operand.address + units + per_byte - 1) / per_byte;
  return words_touched(begin, static_cast<std::int64_t>(end - begin), width);
}

// Words of a written row that are read first, as half of one of their bytes stays.
std::int64_t merged_words(const Operand& written, std::int64_t elements) {
  if (written.space != Space::scratchpad || units_per_byte(written.format) == 1) return 0;
  if (!side_by_side(written)) return written.strides[3] == 0 ? 1 : elements;
  const std::uint64_t end = written.address + static_cast<std::uint64_t>(elements);
  return static_cast<std::int64_t>(written.address % 2 + end % 2);
}

}  // namespace

void check_vector(const Command& command, const VectorOp& op, const VectorLimits& limits) {
  if (op.destination.format == Format::int32)
    user_error("malformed program: {} writes int32, which the vector unit cannot round to",
               describe(command));
  check_operand(command, "a", op.a, spans(op, is_pool(op)), limits);
  if (reads_b(op)) check_operand(command, "b", op.b, spans(op, false), limits);
  check_operand(command, "destination", op.destination, spans(op, scatters(op)), limits);
  check_parameters(command, "bias", op.bias_address, op.shape[3], limits);
  check_parameters(command, "scale", op.scale_address, op.shape[3], limits);
}

VectorWords vector_words(const VectorOp& op, Bytes width) {
  const std::int64_t outer = std::int64_t{op.shape[0]} * op.shape[1] * op.shape[2];
  const std::int64_t taps = is_pool(op) ? std::int64_t{op.window.kernel_h} * op.window.kernel_w : 1;
  const bool binary = reads_b(op);
  const std::int64_t channels = op.shape[3];
  VectorWords words;
  words.read = outer * taps * row_words(op.a, channels, width);
  if (binary) words.read += outer * row_words(op.b, channels, width);
  for (const std::uint64_t parameters : {op.bias_address, op.scale_address})
    if (parameters != VectorOp::kAbsent)
      words.read += words_touched(parameters, 4 * channels, width);
  words.written = outer * row_words(op.destination, channels, width);
  words.read += outer * merged_words(op.destination, channels);
  if (scatters(op)) {  // every tap's sum is read and written
    words.written *= taps;
    words.read += words.written;
  } else if (op.function == VectorFunction::reduce_sum) {  // the sums stay in the lanes
    words.written = row_words(op.destination, channels, width);
    if (op.accumulate) words.read += words.written;
  }
  if (op.a.space == Space::accumulator) words.accumulator += outer * taps * channels;
  if (binary && op.b.space == Space::accumulator) words.accumulator += outer * channels;
  if (op.destination.space == Space::accumulator) words.accumulator += outer * channels;
  return words;
}

}  // namespace systolith
