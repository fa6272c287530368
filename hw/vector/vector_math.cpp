#include "hw/vector/vector_math.h"

#include <cstring>
#include <limits>
#include <vector>

#include "hw/arith/codecs.h"
#include "hw/arith/epilogue.h"
#include "hw/arith/int4.h"

namespace systolith {
namespace {

using Index = std::array<std::int64_t, 3>;  // of the three outer dimensions

template <class T>
T load_as(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

class VectorRun {
 public:
  VectorRun(const VectorOp& op, const VectorMemory& memory)
      : op_(op),
        memory_(memory),
        count_(static_cast<std::size_t>(op.shape[3])),
        integers_(count_),
        sums_(count_),
        x_(count_),
        y_(count_) {
    if (op.rounding == Rounding::half_even) return;
    for (std::size_t c = 0; c < count_; ++c) multipliers_.push_back(fixed_multiplier(scale_of(c)));
    const bool clamps = op.activation == Activation::clamp;
    constexpr float kAll = std::numeric_limits<float>::infinity();
    clamp_ = code_clamp(op.destination.format, op.zero_out, clamps ? op.low : -kAll,
                        clamps ? op.high : kAll);
  }

  void row(const Index& at) {
    switch (op_.function) {
      case VectorFunction::map:
        map(at);
        break;
      case VectorFunction::reduce_sum:
        map(at);
        return add(at);
      case VectorFunction::pool_max_grad:
        return scatter(at);
      case VectorFunction::log_softmax:
        scaled(at);
        log_softmax_row(x_.data(), y_.data(), count_);
        rescale();
        break;
      case VectorFunction::one_hot:
        load(op_.a, at, op_.zero_a, x_.data());
        for (std::size_t c = 0; c < count_; ++c)
          y_[c] = x_[c] == static_cast<float>(c) ? op_.scale_out : 0.0F;
        break;
      case VectorFunction::pool_max:
        pool_max(at);
        break;
      case VectorFunction::pool_avg:
        pool_mean_row(at);
        break;
      case VectorFunction::lrn:
        scaled(at);
        lrn_row(x_.data(), y_.data(), count_,
                {op_.lrn_size, op_.lrn_alpha, op_.lrn_beta, op_.lrn_bias});
        rescale();
        break;
      case VectorFunction::softmax:
        scaled(at);
        softmax_row(x_.data(), y_.data(), count_);
        rescale();
        break;
    }
    store(at);
  }

  // Sums begin at 0 where they don't go on.
  void clear(const Index& at) {
    std::fill(y_.begin(), y_.end(), 0.0F);
    store(at);
  }

 private:
  struct Place {
    std::uint8_t* first;
    std::int64_t stride;  // bytes
  };

  static std::int64_t offset_of(const Operand& operand, const Index& at) {
    std::int64_t offset = static_cast<std::int64_t>(operand.address);
    for (std::size_t i = 0; i < at.size(); ++i) offset += at[i] * operand.strides[i];
    return offset;
  }

  // Of formats of whole bytes.
  Place place(const Operand& operand, const Index& at) const {
    const std::int64_t offset = offset_of(operand, at);
    if (operand.space == Space::scratchpad)
      return {memory_.scratchpad + offset, operand.strides[3]};
    if (operand.transposed) {
      const auto row = static_cast<std::int64_t>(operand.address);
      std::uint32_t* word = memory_.accumulators + row * memory_.accumulator_cols + (offset - row);
      return {reinterpret_cast<std::uint8_t*>(word), 4 * memory_.accumulator_cols};
    }
    std::uint32_t* row = memory_.accumulators + offset * memory_.accumulator_cols;
    return {reinterpret_cast<std::uint8_t*>(row), 4};
  }

  // value - zero of a row of integers.
  void load_integers(const Operand& operand, const Index& at, std::int32_t zero) {
    if (units_per_byte(operand.format) == 2) return load_half_bytes(operand, at, zero);
    const auto [from, stride] = place(operand, at);
    with_integer_code(operand.format, [&, first = from, step = stride](auto code) {
      for (std::size_t c = 0; c < count_; ++c) {
        const auto value = load_as<decltype(code)>(first + static_cast<std::int64_t>(c) * step);
        integers_[c] = wrap(static_cast<std::uint32_t>(static_cast<std::int32_t>(value)) -
                            static_cast<std::uint32_t>(zero));
      }
    });
  }

  void load_half_bytes(const Operand& operand, const Index& at, std::int32_t zero) {
    std::int64_t half = offset_of(operand, at);
    for (std::size_t c = 0; c < count_; ++c, half += operand.strides[3])
      integers_[c] =
          wrap(static_cast<std::uint32_t>(half_byte_at(memory_.scratchpad, half, operand.format)) -
               static_cast<std::uint32_t>(zero));
  }

  void load_floats(const Operand& operand, const Index& at, float* to) const {
    const auto [from, stride] = place(operand, at);
    with_float_codec(operand.format, [&, first = from, step = stride](auto codec) {
      using Code = typename decltype(codec)::Code;
      for (std::size_t c = 0; c < count_; ++c)
        to[c] = codec.decode(load_as<Code>(first + static_cast<std::int64_t>(c) * step));
    });
  }

  static std::int32_t wrap(std::uint32_t value) { return static_cast<std::int32_t>(value); }

  // float(operand - zero) of a row.
  void load(const Operand& operand, const Index& at, std::int32_t zero, float* to) {
    if (is_float(operand.format)) return load_floats(operand, at, to);
    load_integers(operand, at, zero);
    for (std::size_t c = 0; c < count_; ++c) to[c] = static_cast<float>(integers_[c]);
  }

  template <class T>
  T parameter(std::uint64_t address, std::size_t channel) const {
    return load_as<T>(memory_.scratchpad + address + 4 * channel);
  }

  void load_biased(const Index& at) {
    if (op_.bias_address == VectorOp::kAbsent) return load(op_.a, at, op_.zero_a, x_.data());
    if (is_float(op_.a.format)) {
      load_floats(op_.a, at, x_.data());
      for (std::size_t c = 0; c < count_; ++c) x_[c] += parameter<float>(op_.bias_address, c);
      return;
    }
    load_biased_integers(at);
    for (std::size_t c = 0; c < count_; ++c) x_[c] = static_cast<float>(integers_[c]);
  }

  void load_biased_integers(const Index& at) {
    load_integers(op_.a, at, op_.zero_a);
    if (op_.bias_address == VectorOp::kAbsent) return;
    for (std::size_t c = 0; c < count_; ++c)
      integers_[c] = wrap(static_cast<std::uint32_t>(integers_[c]) +
                          parameter<std::uint32_t>(op_.bias_address, c));
  }

  float scale_of(std::size_t channel) const {
    return op_.scale_address == VectorOp::kAbsent ? op_.scale_a
                                                  : parameter<float>(op_.scale_address, channel);
  }

  // Codes less their zero point, which store() adds: small integers, exact in fp32.
  void requantize(const Index& at) {
    load_biased_integers(at);
    for (std::size_t c = 0; c < count_; ++c) {
      const std::int32_t code = clamp_(scale_fixed(integers_[c], multipliers_[c], op_.rounding));
      y_[c] = static_cast<float>(code - op_.zero_out);
    }
  }

  void map(const Index& at) {
    if (op_.rounding != Rounding::half_even) return requantize(at);
    load_biased(at);
    for (std::size_t c = 0; c < count_; ++c) x_[c] = scale_of(c) * x_[c];
    if (op_.binary != BinaryFunction::none) combine(at);
    activate();
    rescale();
  }

  void combine(const Index& at) {
    load(op_.b, at, op_.zero_b, y_.data());
    if (op_.binary == BinaryFunction::add)
      for (std::size_t c = 0; c < count_; ++c) x_[c] = x_[c] + op_.scale_b * y_[c];
    else if (op_.binary == BinaryFunction::mul)
      for (std::size_t c = 0; c < count_; ++c) x_[c] = x_[c] * (op_.scale_b * y_[c]);
    else
      for (std::size_t c = 0; c < count_; ++c) x_[c] = gate_value(x_[c], op_.scale_b * y_[c]);
  }

  // Channel by channel, since a later one may be in the same place of a stride of 0.
  void add(const Index& at) const {
    const auto [to, stride] = place(op_.destination, at);
    for (std::size_t c = 0; c < count_; ++c)
      add_to(to + static_cast<std::int64_t>(c) * stride, y_[c]);
  }

  static void add_to(std::uint8_t* place, float value) {
    const float sum = load_as<float>(place) + value;
    std::memcpy(place, &sum, sizeof sum);
  }

  // Adds b to the destination where each channel's first largest tap is.
  void scatter(const Index& at) {
    y_.assign(count_, -std::numeric_limits<float>::infinity());
    std::vector<std::uint8_t*> largest(count_, nullptr);
    taps(at, [&](const Index& tap) {
      load(op_.a, tap, op_.zero_a, x_.data());
      const auto [to, stride] = place(op_.destination, tap);
      for (std::size_t c = 0; c < count_; ++c) {
        if (!(x_[c] > y_[c])) continue;
        y_[c] = x_[c];
        largest[c] = to + static_cast<std::int64_t>(c) * stride;
      }
    });
    load(op_.b, at, op_.zero_b, x_.data());
    for (std::size_t c = 0; c < count_; ++c)
      if (largest[c] != nullptr) add_to(largest[c], x_[c]);
  }

  void activate() {
    if (op_.activation == Activation::none)
      y_ = x_;
    else if (op_.activation == Activation::clamp)
      for (std::size_t c = 0; c < count_; ++c) y_[c] = clamp_value(x_[c], op_.low, op_.high);
    else
      for (std::size_t c = 0; c < count_; ++c)
        y_[c] = apply_curve(op_.activation, x_[c], op_.low, op_.high);
  }

  void scaled(const Index& at) {
    load(op_.a, at, op_.zero_a, x_.data());
    for (float& x : x_) x = op_.scale_a * x;
  }

  void rescale() {
    for (float& y : y_) y = op_.scale_out * y;
    if (op_.divisor == 1) return;
    for (float& y : y_) y = y / op_.divisor;
  }

  // Calls visit(index of the tap's pixel) for each tap inside the image, in (kh, kw) order;
  // returns their number.
  template <class Visit>
  std::int32_t taps(const Index& at, Visit visit) const {
    const Window& w = op_.window;
    std::int32_t inside = 0;
    for (std::int32_t kh = 0; kh < w.kernel_h; ++kh)
      for (std::int32_t kw = 0; kw < w.kernel_w; ++kw) {
        const std::int64_t h = w.origin_h + at[1] * w.stride_h + kh * w.dilation_h;
        const std::int64_t x = w.origin_w + at[2] * w.stride_w + kw * w.dilation_w;
        if (h < 0 || h >= w.in_h || x < 0 || x >= w.in_w) continue;
        visit(Index{at[0], h, x});
        ++inside;
      }
    return inside;
  }

  void pool_max(const Index& at) {
    y_.assign(count_, -std::numeric_limits<float>::infinity());
    taps(at, [&](const Index& tap) {
      load(op_.a, tap, op_.zero_a, x_.data());
      for (std::size_t c = 0; c < count_; ++c) y_[c] = max_value(y_[c], x_[c]);
    });
    for (float& y : y_) y = op_.scale_a * y;
  }

  void pool_mean_row(const Index& at) {
    const bool floats = is_float(op_.a.format);
    sums_.assign(count_, 0);
    y_.assign(count_, 0.0F);
    std::int32_t divisor = taps(at, [&](const Index& tap) {
      if (floats) {
        load_floats(op_.a, tap, x_.data());
        for (std::size_t c = 0; c < count_; ++c) y_[c] += x_[c];
      } else {
        load_integers(op_.a, tap, op_.zero_a);
        for (std::size_t c = 0; c < count_; ++c) sums_[c] += integers_[c];
      }
    });
    if (op_.window.count_padding) divisor = op_.window.kernel_h * op_.window.kernel_w;
    for (std::size_t c = 0; c < count_; ++c)
      y_[c] = pool_mean(floats ? y_[c] : static_cast<float>(sums_[c]), divisor, op_.scale_a);
  }

  void store_half_bytes(const Index& at) const {
    std::int64_t half = offset_of(op_.destination, at);
    for (std::size_t c = 0; c < count_; ++c, half += op_.destination.strides[3])
      set_int4(memory_.scratchpad, half, to_integer(y_[c], op_.zero_out, op_.destination.format));
  }

  void store(const Index& at) const {  // int32 is refused before
    const Format format = op_.destination.format;
    if (units_per_byte(format) == 2) return store_half_bytes(at);
    const auto [to, stride] = place(op_.destination, at);
    const auto each = [&, first = to, step = stride](auto encode) {
      for (std::size_t c = 0; c < count_; ++c) {
        const auto code = encode(y_[c]);
        std::memcpy(first + static_cast<std::int64_t>(c) * step, &code, sizeof code);
      }
    };
    if (is_float(format))
      return with_float_codec(
          format, [&](auto codec) { each([codec](float y) { return codec.encode(y); }); });
    with_integer_code(format, [&, zero = op_.zero_out](auto code) {
      each([zero, format](float y) {
        return static_cast<decltype(code)>(to_integer(y, zero, format));
      });
    });
  }

  const VectorOp& op_;
  const VectorMemory& memory_;
  std::size_t count_;
  std::vector<std::int32_t> integers_, sums_;
  std::vector<float> x_, y_;
  std::vector<FixedMultiplier> multipliers_;  // of a rounding in integers
  CodeClamp clamp_;
};

}  // namespace

namespace {

template <class Visit>
void for_each_row(const VectorOp& op, Visit visit) {
  for (std::int64_t i = 0; i < op.shape[0]; ++i)
    for (std::int64_t j = 0; j < op.shape[1]; ++j)
      for (std::int64_t k = 0; k < op.shape[2]; ++k) visit(Index{i, j, k});
}

}  // namespace

void run_vector(const VectorOp& op, const VectorMemory& memory) {
  VectorRun run(op, memory);
  if (op.function == VectorFunction::reduce_sum && !op.accumulate)
    for_each_row(op, [&](const Index& at) { run.clear(at); });
  for_each_row(op, [&](const Index& at) { run.row(at); });
}

}  // namespace systolith
