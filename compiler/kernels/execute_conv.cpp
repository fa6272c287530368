#include <algorithm>
#include <cstring>
#include <limits>

#include "compiler/kernels/execute.h"
#include "compiler/kernels/gemm.h"
#include "compiler/kernels/im2col.h"
#include "hw/arith/codecs.h"
#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

// Output channels [begin, begin + count), all of one group, or one per group (depthwise).
struct ColumnBlock {
  std::int64_t group = 0, begin = 0, count = 0;
};

constexpr std::int64_t kChunkRows = 64;           // output pixels gathered at a time
constexpr std::int64_t kBlockElements = 1 << 22;  // widened weights held at a time

// The value before rounding: bias, scale, residual, activation of one pixel's channels.
class Epilogue {
 public:
  Epilogue(const ConvKernel& conv, const TensorRows& residual, const TensorRows& result)
      : conv_(conv), residual_(residual), result_(result) {
    if (conv.rounding == Rounding::half_even) return;
    for (const float scale : conv.scale) multipliers_.push_back(fixed_multiplier(scale));
    constexpr float kAll = std::numeric_limits<float>::infinity();
    const bool clamps = conv.activation.kind == Activation::clamp;
    const KernelTensor& to = *result.tensor;
    clamp_ = code_clamp(to.format, to.quantization.zero_point, clamps ? conv.activation.low : -kAll,
                        clamps ? conv.activation.high : kAll);
  }

  void store(std::int64_t pixel, std::int64_t channel, std::int64_t count,
             const std::int32_t* sums) {
    if (conv_.rounding != Rounding::half_even) return requantize(pixel, channel, count, sums);
    values_.resize(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
      const auto k = static_cast<std::size_t>(channel + i);
      const std::int32_t biased = add(sums[i], conv_.bias_int[k], Overflow::wrap);
      values_[static_cast<std::size_t>(i)] = conv_.scale[k] * static_cast<float>(biased);
    }
    finish(pixel, channel, count);
  }

  void store(std::int64_t pixel, std::int64_t channel, std::int64_t count, const float* sums) {
    values_.assign(sums, sums + count);
    if (!conv_.bias_float.empty())
      for (std::int64_t i = 0; i < count; ++i)
        values_[static_cast<std::size_t>(i)] +=
            conv_.bias_float[static_cast<std::size_t>(channel + i)];
    finish(pixel, channel, count);
  }

 private:
  void requantize(std::int64_t pixel, std::int64_t channel, std::int64_t count,
                  const std::int32_t* sums) {
    values_.clear();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto k = static_cast<std::size_t>(channel + i);
      const std::int32_t biased = add(sums[i], conv_.bias_int[k], Overflow::wrap);
      const std::int32_t code = clamp_(scale_fixed(biased, multipliers_[k], conv_.rounding));
      values_.push_back(static_cast<float>(code - clamp_.zero));  // exact
    }
    write_row(values_.data(), *result_.tensor, count, result_.at(pixel, channel));
  }

  void finish(std::int64_t pixel, std::int64_t channel, std::int64_t count) {
    if (residual_.tensor != nullptr) {
      addend_.resize(static_cast<std::size_t>(count));
      read_row(residual_.at(pixel, channel), *residual_.tensor, count, addend_.data());
      for (std::size_t i = 0; i < addend_.size(); ++i)
        values_[i] = values_[i] + conv_.residual_scale * addend_[i];
    }
    const ActivationSpec& act = conv_.activation;
    if (act.kind != Activation::none)
      for (float& value : values_) value = act(value);
    write_row(values_.data(), *result_.tensor, count, result_.at(pixel, channel));
  }

  const ConvKernel& conv_;
  const TensorRows residual_, result_;
  std::vector<float> values_, addend_;
  std::vector<FixedMultiplier> multipliers_;  // of a rounding in integers
  CodeClamp clamp_;
};

struct ConvRun {
  const ConvKernel& conv;
  const TensorRows& input;
  const TensorRows& weights;
  std::int64_t pixels = 0;                           // n * out_h * out_w
  std::int64_t group_inputs = 0, group_outputs = 0;  // channels of a group
  Contraction contraction;
};

// Calls visit(row of [kh][kw][c] in storage, its position in summing order).
template <class Visit>
void for_each_weight_row(const ConvRun& run, const Visit& visit) {
  std::int64_t position = 0;
  for (const Segment& s : run.contraction.segments)
    for (std::int64_t i = 0; i < s.count; ++i)
      visit((s.kh * run.conv.kernel[1] + s.kw) * run.group_inputs + s.channel + i, position++);
}

const std::uint8_t* weight_codes(const ConvRun& run, const ColumnBlock& block, std::int64_t row) {
  const std::int64_t offset = (block.group * run.contraction.length + row) * run.group_outputs +
                              (block.begin - block.group * run.group_outputs);
  return run.weights.base + offset * units_of(run.weights.tensor->format);
}

void run_integer(const ConvRun& run, const ColumnBlock& block, Epilogue& epilogue) {
  const std::int64_t k = round_up(run.contraction.length, kIntegerRun);
  std::vector<std::int16_t> weights(static_cast<std::size_t>(k * block.count));
  for_each_weight_row(run, [&](std::int64_t row, std::int64_t position) {
    with_integer_code(run.weights.tensor->format, [&](auto code) {
      const auto* codes = reinterpret_cast<const decltype(code)*>(weight_codes(run, block, row));
      for (std::int64_t n = 0; n < block.count; ++n)
        weights[static_cast<std::size_t>(n * k + position)] = static_cast<std::int16_t>(codes[n]);
    });
  });
  const auto pad = static_cast<std::int16_t>(run.input.tensor->quantization.zero_point);
  std::vector<std::int16_t> rows(static_cast<std::size_t>(kChunkRows * k));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(kChunkRows * block.count));
  for (std::int64_t m = 0; m < run.pixels; m += kChunkRows) {
    const std::int64_t end = std::min(run.pixels, m + kChunkRows);
    gather_rows(run.conv, run.input, run.contraction, block.group, m, end, pad, k, rows.data());
    const GemmShape shape{end - m, k, block.count};
    if (run.conv.overflow == Overflow::saturate)
      gemm_saturating(shape, run.contraction.run_ends, rows.data(), weights.data(), sums.data());
    else
      gemm_integer(shape, rows.data(), weights.data(), sums.data());
    for (std::int64_t i = m; i < end; ++i)
      epilogue.store(i, block.begin, block.count, sums.data() + (i - m) * block.count);
  }
}

void run_float(const ConvRun& run, const ColumnBlock& block, Epilogue& epilogue) {
  const std::int64_t k = run.contraction.length;
  std::vector<float> weights(static_cast<std::size_t>(k * block.count));
  for_each_weight_row(run, [&](std::int64_t row, std::int64_t position) {
    read_row(weight_codes(run, block, row), *run.weights.tensor, block.count,
             weights.data() + position * block.count);
  });
  std::vector<float> rows(static_cast<std::size_t>(kChunkRows * k));
  std::vector<float> sums(static_cast<std::size_t>(kChunkRows * block.count));
  for (std::int64_t m = 0; m < run.pixels; m += kChunkRows) {
    const std::int64_t end = std::min(run.pixels, m + kChunkRows);
    gather_rows(run.conv, run.input, run.contraction, block.group, m, end, 0.0F, k, rows.data());
    gemm_ordered({end - m, k, block.count}, run.contraction.run_ends, rows.data(), weights.data(),
                 sums.data());
    for (std::int64_t i = m; i < end; ++i)
      epilogue.store(i, block.begin, block.count, sums.data() + (i - m) * block.count);
  }
}

void run_groups(const ConvRun& run, Epilogue& epilogue) {
  const std::int64_t widest =
      std::clamp(kBlockElements / run.contraction.length, std::int64_t{16}, run.group_outputs);
  for (std::int64_t group = 0; group < run.conv.groups; ++group)
    for (std::int64_t n = 0; n < run.group_outputs; n += widest) {
      const ColumnBlock block{group, group * run.group_outputs + n,
                              std::min(widest, run.group_outputs - n)};
      if (is_float(run.input.tensor->format))
        run_float(run, block, epilogue);
      else
        run_integer(run, block, epilogue);
    }
}

// One input and one output channel per group: channels side by side instead of a product of
// 1-column matrices. Sums in the same order.
float add(float a, float b, Overflow) { return a + b; }

template <class T, class Sum>
void run_depthwise(const ConvRun& run, T pad, Epilogue& epilogue) {
  const std::int64_t channels = run.conv.groups, taps = run.contraction.length;
  std::vector<T> weights(static_cast<std::size_t>(taps * channels));
  const auto width = static_cast<std::size_t>(units_of(run.weights.tensor->format));
  for (std::int64_t i = 0; i < channels * taps; ++i) {
    float value = 0;
    read_row(run.weights.base + static_cast<std::size_t>(i) * width, *run.weights.tensor, 1,
             &value);
    weights[static_cast<std::size_t>(i % taps * channels + i / taps)] = static_cast<T>(value);
  }
  ConvKernel dense = run.conv;  // all channels under one pixel, tap by tap
  dense.groups = 1;
  dense.k_channels = 0;
  const Contraction all = contraction_of(dense, channels);
  std::vector<T> row(static_cast<std::size_t>(taps * channels));
  std::vector<Sum> sums(static_cast<std::size_t>(channels)), stretch(sums.size());
  for (std::int64_t m = 0; m < run.pixels; ++m) {
    gather_rows(dense, run.input, all, 0, m, m + 1, pad, taps * channels, row.data());
    std::fill(sums.begin(), sums.end(), Sum{0});
    std::int64_t tap = 0;
    for (const std::int64_t end : run.contraction.run_ends) {
      std::fill(stretch.begin(), stretch.end(), Sum{0});
      for (; tap < end; ++tap)
        for (std::size_t c = 0; c < stretch.size(); ++c) {
          const std::size_t i = static_cast<std::size_t>(tap * channels) + c;
          stretch[c] = add(stretch[c], static_cast<Sum>(row[i]) * static_cast<Sum>(weights[i]),
                           run.conv.overflow);
        }
      for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c] = add(sums[c], stretch[c], run.conv.overflow);
    }
    epilogue.store(m, 0, channels, sums.data());
  }
}

void run_conv(const ConvKernel& conv, const ConvOperands& operands, const TensorRows& result) {
  const auto& in = operands.input.tensor->shape;
  ConvRun run{conv,
              operands.input,
              operands.weights,
              result.pixels(),
              in[3] / conv.groups,
              result.channels() / conv.groups,
              {}};
  run.contraction = contraction_of(conv, run.group_inputs);
  Epilogue epilogue(conv, operands.residual, result);
  const bool depthwise = conv.groups > 1 && run.group_inputs == 1 && run.group_outputs == 1;
  if (!depthwise) return run_groups(run, epilogue);
  if (is_float(operands.input.tensor->format))
    return run_depthwise<float, float>(run, 0.0F, epilogue);
  const auto pad = static_cast<std::int16_t>(operands.input.tensor->quantization.zero_point);
  run_depthwise<std::int16_t, std::int32_t>(run, pad, epilogue);
}

}  // namespace

namespace {

// A walk's weights as [group][kh][kw][c][k].
std::vector<std::uint8_t> walked_weights(const ConvKernel& conv, const TensorRows& from,
                                         std::int64_t inputs) {
  const auto width = static_cast<std::size_t>(bytes_of(from.tensor->format));
  std::vector<std::uint8_t> codes;
  const auto append = [&](std::int64_t element) {
    const std::uint8_t* code = from.base + static_cast<std::size_t>(element) * width;
    codes.insert(codes.end(), code, code + width);
  };
  for (std::int64_t g = 0; g < conv.groups; ++g)
    for (std::int64_t kh = 0; kh < conv.kernel[0]; ++kh)
      for (std::int64_t kw = 0; kw < conv.kernel[1]; ++kw)
        for (std::int64_t c = 0; c < inputs; ++c)
          for (std::int64_t k = 0; k < conv.walk->outputs; ++k)
            append(conv.walk->at(g, kh, kw, c, k));
  return codes;
}

// Puts a dense result where the kernel's grid has its pixels.
void spread(const ConvKernel& conv, const TensorRows& result, const TensorRows& output) {
  const auto &in = result.tensor->shape, &out = output.tensor->shape;
  const auto row = static_cast<std::size_t>(in[3] * bytes_of(output.tensor->format));
  for (std::int64_t p = 0; p < result.pixels(); ++p) {
    const std::int64_t h = p / in[2] % in[1] * conv.grid_stride[0] + conv.grid_offset[0];
    const std::int64_t w = p % in[2] * conv.grid_stride[1] + conv.grid_offset[1];
    const std::int64_t n = p / (in[1] * in[2]);
    std::memcpy(output.at((n * out[1] + h) * out[2] + w), result.at(p), row);
  }
}

// As a convolution of constants.
void execute_walk(ConvKernel conv, ConvOperands operands) {
  const std::int64_t inputs = operands.input.channels() / conv.groups;
  std::vector<std::uint8_t> codes = walked_weights(conv, operands.weights, inputs);
  operands.weights.base = codes.data();
  if (operands.bias.tensor != nullptr) {
    conv.bias_float.resize(static_cast<std::size_t>(operands.bias.channels()));
    read_row(operands.bias.at(0), *operands.bias.tensor, operands.bias.channels(),
             conv.bias_float.data());
  }
  conv.walk.reset();
  if (conv.grid_stride == std::array<std::int64_t, 2>{1, 1}) return execute_conv(conv, operands);
  KernelTensor dense = *operands.output.tensor;
  dense.shape[1] = conv.conv_size[0];
  dense.shape[2] = conv.conv_size[1];
  dense.channel_offset = 0;
  std::vector<std::uint8_t> results(static_cast<std::size_t>(dense.bytes()));
  const TensorRows rows{&dense, results.data(), dense.shape[3]};
  run_conv(conv, operands, rows);
  spread(conv, rows, operands.output);
}

}  // namespace

void execute_conv(const ConvKernel& conv, const ConvOperands& operands) {
  if (conv.walk) return execute_walk(conv, operands);
  if (!conv.pool) return run_conv(conv, operands, operands.output);
  const auto extent = conv_extent(conv, *operands.input.tensor);
  KernelTensor between;
  between.name = operands.output.tensor->name;
  between.shape = {operands.input.tensor->shape[0], extent[0], extent[1],
                   operands.output.channels()};
  between.format = conv.conv_format;
  between.quantization = conv.conv_quantization;
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(between.code_bytes()));
  const TensorRows rows{&between, codes.data(), between.pitch()};
  run_conv(conv, operands, rows);
  execute_pool(*conv.pool, rows, operands.output);
}

}  // namespace systolith
