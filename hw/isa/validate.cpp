#include "hw/isa/validate.h"

#include <cmath>

#include "hw/base/error.h"
#include "hw/isa/names.h"
#include "hw/isa/print.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

using Defect = std::optional<std::string>;

template <class T>
bool in_range(const FieldRange& range, T scalar) {
  if constexpr (std::is_enum_v<T>) {
    return find_value(enum_table<T>(), static_cast<std::uint8_t>(scalar)) != nullptr;
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return scalar <= static_cast<std::uint64_t>(range.high) ||
           (range.or_absent && scalar == VectorOp::kAbsent);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return scalar >= range.low && scalar <= range.high;
  } else {
    return true;
  }
}

template <class T>
std::string allowed(const FieldRange& range) {
  if constexpr (std::is_enum_v<T>)
    return fmt::format("{}", fmt::join(names_of(enum_table<T>()), ", "));
  else
    return fmt::format("{} to {}", range.low, range.high);
}

// A loop's count and its strides have ranges of their own.
Defect range_defect(const Field& field, const std::array<TransferLoop, 3>& loops) {
  for (const auto& loop : loops) {
    if (!in_range(kCount, loop.count))
      return fmt::format("a loop's count = {} (allowed: {})", loop.count, allowed<int>(kCount));
    for (const std::int64_t stride : {loop.system_stride, loop.local_stride})
      if (!in_range(field.range, stride))
        return fmt::format("a loop's stride = {} (allowed: {})", stride, allowed<int>(field.range));
  }
  return {};
}

template <class T>
Defect range_defect(const Field& field, const T& value) {
  Defect defect;
  for_each_scalar(value, [&](auto scalar) {
    if (defect || in_range(field.range, scalar)) return;
    if constexpr (std::is_enum_v<decltype(scalar)>)
      defect = fmt::format("{} = number {} (allowed: {})", full_name(field), to_word(scalar),
                           allowed<decltype(scalar)>(field.range));
    else
      defect = fmt::format("{} = {} (allowed: {})", full_name(field), scalar,
                           allowed<decltype(scalar)>(field.range));
  });
  return defect;
}

// The same without a message: every command of every run passes here.
bool within(const Field& field, const std::array<TransferLoop, 3>& loops) {
  bool all = true;
  for (const auto& loop : loops)
    all = all && in_range(kCount, loop.count) && in_range(field.range, loop.system_stride) &&
          in_range(field.range, loop.local_stride);
  return all;
}

template <class T>
bool within(const Field& field, const T& value) {
  bool all = true;
  for_each_scalar(value, [&](auto scalar) { all = all && in_range(field.range, scalar); });
  return all;
}

// The product, unless it exceeds what every sum of such sizes can hold.
std::optional<std::int64_t> product(std::initializer_list<std::int64_t> factors) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 60;
  std::int64_t result = 1;
  for (const std::int64_t factor : factors)
    if (__builtin_mul_overflow(result, factor, &result) || result > kLimit) return {};
  return result;
}

// No burst ends within an element.
Defect element_defect(const Transfer& t) {
  if (t.element == 0) return {};
  const std::int64_t element = t.element;
  if ((element & (element - 1)) != 0 || (t.half_bytes != HalfBytes::kept && element != 1))
    return fmt::format("element = {} (allowed: 1{})", element,
                       t.half_bytes == HalfBytes::kept ? ", 2, 4, 8" : " of half_bytes");
  const bool whole =
      t.run % element == 0 && static_cast<std::int64_t>(t.system_address) % element == 0 &&
      std::all_of(t.loops.begin(), t.loops.end(),
                  [&](const TransferLoop& loop) { return loop.system_stride % element == 0; });
  if (!product({t.run, std::abs(t.element_stride)}))
    return "run times element_stride is over 2^60 bytes";
  if (!whole)
    return fmt::format(
        "run, system_address or a loop's system_stride is no multiple of element = {}", element);
  return {};
}

Defect relation_defect(const Transfer& t) {
  if (!product({t.run, t.loops[0].count, t.loops[1].count, t.loops[2].count}))
    return "run times the loops' counts is over 2^60 bytes";
  if (auto defect = element_defect(t)) return defect;
  if (t.pad.any() && (t.element != 0 || t.half_bytes != HalfBytes::kept))
    return "pad is for runs that stay as they are (element = 0, half_bytes = kept)";
  return {};
}

Defect relation_defect(const Store& store) {
  if (store.pad.any()) return "a store pads nothing";
  return relation_defect(static_cast<const Transfer&>(store));
}

Defect block_defect(std::int32_t rows, std::int32_t cols, std::int32_t blocks) {
  if (rows % blocks != 0 || cols % blocks != 0)
    return fmt::format("blocks = {} doesn't divide rows = {} and cols = {}", blocks, rows, cols);
  return {};
}

// A transposer turns bytes.
Defect transposed_format_defect(const char* field, Format format) {
  if (units_per_byte(format) == 1) return {};
  return fmt::format("{} = {} (allowed where nothing is transposed)", field, to_string(format));
}

// A feed of `rows` contraction indices a pixel, of each block.
Defect feed_defect(const Feed& f, std::int64_t rows) {
  if (!product({f.out_n, f.out_h, f.out_w, rows}))
    return "the feed's pixels times rows are over 2^60";
  const auto contraction = product({f.kernel_h, f.kernel_w, f.channels});
  if (!contraction) return "feed.kernel_h * kernel_w * channels is over 2^60";
  if (f.k_begin + rows > *contraction)
    return fmt::format(
        "feed.k_begin + rows / blocks = {} is over feed.kernel_h * kernel_w * channels = {}",
        f.k_begin + rows, *contraction);
  return {};
}

Defect gathered_defect(const Preload& p) {
  if (p.blocks != 1) return "a tile of activations is of one block";
  if (p.cols != p.feed.pixels())
    return fmt::format("cols = {} is not feed.out_n * out_h * out_w = {}", p.cols, p.feed.pixels());
  return feed_defect(p.feed, p.rows);
}

Defect sparse_defect(const Preload& p) {
  const auto [n, m] = p.sparsity;
  if (n > m || (m & (m - 1)) != 0)
    return fmt::format("sparsity {}:{} is not n of a power of two", n, m);
  if (n == m) return {};
  if (p.stationary != TileOperand::weights || p.blocks != 1 || p.transposed)
    return "sparse weights are held, of one block and not transposed";
  if (p.rows % m != 0) return fmt::format("rows = {} is no multiple of sparsity.m = {}", p.rows, m);
  return {};
}

Defect relation_defect(const Preload& p) {
  if (auto defect = sparse_defect(p)) return defect;
  if (p.stationary == TileOperand::sums && p.blocks != 1)
    return "weights that stream past sums are of one block";
  if (p.stationary == TileOperand::activations) return gathered_defect(p);
  if (p.transposed && p.blocks != 1) return "transposed weights are of one block";
  if (p.transposed)
    if (auto defect = transposed_format_defect("format", p.format)) return defect;
  return block_defect(p.rows, p.cols, p.blocks);
}

Defect transposed_defect(const Matmul& m) {
  const Feed& f = m.feed;
  if (m.blocks != 1) return "a transposed feed is of one block";
  if (auto defect = transposed_format_defect("format", m.format)) return defect;
  if (!product({f.contraction(), m.rows, m.cols}))
    return "the streamed rows times the tile are over 2^60 MACs";
  if (f.k_begin + std::int64_t{m.rows} > f.pixels())
    return fmt::format("feed.k_begin + rows = {} is over feed.out_n * out_h * out_w = {}",
                       f.k_begin + std::int64_t{m.rows}, f.pixels());
  return {};
}

Defect stationary_defect(const Matmul& m) {
  if (m.stationary == TileOperand::weights) return {};
  if (m.blocks != 1) return "several blocks go with stationary weights only";
  if (m.stationary == TileOperand::activations) return {};
  if (m.feed.transposed) return "a transposed feed does not go with stationary sums";
  if (!m.new_weights)
    return "stationary sums take a tile of weights each time (new_weights = true)";
  return {};
}

Defect relation_defect(const Matmul& m) {
  const Feed& f = m.feed;
  if (!product({f.out_n, f.out_h, f.out_w, m.rows, m.cols}))
    return "the streamed rows times the tile are over 2^60 MACs";
  if (auto defect = stationary_defect(m)) return defect;
  if (f.transposed && !product({f.kernel_h, f.kernel_w, f.channels}))
    return "feed.kernel_h * kernel_w * channels is over 2^60";
  if (f.transposed) return transposed_defect(m);
  if (auto defect = feed_defect(f, std::int64_t{m.rows} / m.blocks)) return defect;
  return block_defect(m.rows, m.cols, m.blocks);
}

// What the vector unit does in integers.
Defect rounding_defect(const VectorOp& v) {
  const std::string rounding(kRoundingNames[static_cast<std::size_t>(v.rounding)]);
  const bool clamps = v.activation == Activation::none || v.activation == Activation::clamp;
  if (v.function != VectorFunction::map || v.binary != BinaryFunction::none || !clamps ||
      v.scale_out != 1 || v.divisor != 1)
    return fmt::format(
        "rounding = {} (allowed for a map of one operand, with no activation or a clamp, "
        "scale_out = 1 and divisor = 1)",
        rounding);
  if (v.a.format != Format::int32 || is_float(v.destination.format))
    return fmt::format("rounding = {} from {} into {} (allowed from int32 into integers)", rounding,
                       to_string(v.a.format), to_string(v.destination.format));
  return {};
}

Defect relation_defect(const VectorOp& v) {
  if (!product(
          {v.shape[0], v.shape[1], v.shape[2], v.shape[3], v.window.kernel_h, v.window.kernel_w}))
    return "the shape's elements times the window's taps are over 2^60";
  if (v.destination.space == Space::none) return "destination.space is not given";
  if (v.a.space == Space::none) return "a.space is not given";
  for (const Operand* operand : {&v.destination, &v.a, &v.b})
    if (operand->transposed && operand->space != Space::accumulator)
      return "only operands in the accumulators are transposed";
  if (v.divisor == 0 || !std::isfinite(v.divisor))
    return fmt::format("divisor = {} (allowed: finite, not 0)", v.divisor);
  if (v.divisor != 1 && v.function != VectorFunction::map)
    return "divisor is given, but only a map divides";
  const bool needs_b =
      v.binary != BinaryFunction::none || v.function == VectorFunction::pool_max_grad;
  if (needs_b && v.b.space == Space::none)
    return "b.space is not given, though binary or pool_max_grad needs an operand b";
  if (v.function == VectorFunction::reduce_sum || v.function == VectorFunction::pool_max_grad) {
    if (v.destination.format != Format::fp32)
      return fmt::format("destination.format = {} (allowed for sums: fp32)",
                         to_string(v.destination.format));
    if (v.destination.strides[3] == 0 && v.shape[3] > 1)
      return "the channels of a sum share a place (destination.strides[3] = 0)";
  }
  if (v.rounding != Rounding::half_even) return rounding_defect(v);
  return {};
}

Defect relation_defect(const Sync&) { return {}; }

}  // namespace

std::optional<std::string> defect_of(const Operation& operation) {
  Defect defect = std::visit(
      [](const auto& op) {
        using Type = OperationType<std::decay_t<decltype(op)>>;
        bool fine = true;
        visit_fields(Type{}, [&](const Field& field, auto access) {
          fine = fine && within(field, access(op));
        });
        if (fine) return relation_defect(op);
        Defect first;
        visit_fields(Type{}, [&](const Field& field, auto access) {
          if (!first) first = range_defect(field, access(op));
        });
        return first;
      },
      operation);
  if (defect)
    *defect = fmt::format("{}: {}", to_string(static_cast<Opcode>(operation.index())), *defect);
  return defect;
}

}  // namespace systolith
