// The interpreter's convolution against loops written from ConvKernel's comment.
#include <gmock/gmock.h>

#include <cstring>

#include "hw/arith/epilogue.h"
#include "tests/unit/compiler_kernels/kernel_builder.h"

namespace systolith {
namespace {

struct Case {
  std::int64_t n, h, w, c, k, groups;
  std::array<std::int64_t, 2> kernel, stride, dilation;
  std::array<std::int64_t, 4> pads;
  std::int64_t k_channels, k_rows;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << fmt::format(
             "{}x{}x{}x{} to {} groups {} kernel {} stride {} dilation {} pads {}"
             " k_channels {} k_rows {}",
             c.n, c.h, c.w, c.c, c.k, c.groups, fmt::join(c.kernel, ","), fmt::join(c.stride, ","),
             fmt::join(c.dilation, ","), fmt::join(c.pads, ","), c.k_channels, c.k_rows);
}

struct Problem {
  KernelGraph graph;
  ConvKernel conv;
  CodeMap inputs;
};

std::int64_t extent(const Case& c, std::size_t d, std::int64_t in) {
  return (in + c.pads[d] + c.pads[d + 2] - c.dilation[d] * (c.kernel[d] - 1) - 1) / c.stride[d] + 1;
}

Problem problem(const Case& c, Format format) {
  Problem p;
  p.graph.format = format;
  const std::array<std::int64_t, 4> out = {c.n, extent(c, 0, c.h), extent(c, 1, c.w), c.k};
  ConvKernel& conv = p.conv;
  conv.input = add_tensor(p.graph, "in", {c.n, c.h, c.w, c.c}, format, {0.02F, 7});
  conv.weights =
      add_tensor(p.graph, "weights",
                 {c.groups, c.kernel[0] * c.kernel[1], c.c / c.groups, c.k / c.groups}, format);
  conv.residual = add_tensor(p.graph, "residual", out, format, {0.03F, -5});
  conv.output = add_tensor(p.graph, "out", out, format, {0.05F, 3});
  conv.groups = c.groups;
  conv.kernel = c.kernel;
  conv.stride = c.stride;
  conv.dilation = c.dilation;
  conv.pads = c.pads;
  conv.k_channels = c.k_channels;
  conv.k_rows = c.k_rows;
  conv.residual_scale = 0.6F;
  conv.activation = {Activation::clamp, -40.0F, 90.0F, 1.0F};
  for (std::int64_t k = 0; k < c.k; ++k) {
    if (format == Format::int8) {
      conv.scale.push_back(0.001F * static_cast<float>(k + 1));
      conv.bias_int.push_back(static_cast<std::int32_t>(100 * k - 300));
    } else {
      conv.bias_float.push_back(0.25F * static_cast<float>(k) - 1.0F);
    }
  }
  p.graph.tensor(conv.input).is_input = p.graph.tensor(conv.residual).is_input = true;
  p.graph.tensor(conv.output).is_output = true;
  p.graph.tensor(conv.weights).data = random_codes(p.graph.tensor(conv.weights), 1);
  for (const TensorId id : {conv.input, conv.residual})
    p.inputs[p.graph.tensor(id).name] = random_codes(p.graph.tensor(id), 2);
  p.graph.kernels.push_back({"conv", "Conv", 0, conv});
  return p;
}

// The value of a code, without its zero point.
double value_at(const KernelTensor& t, const std::vector<std::uint8_t>& codes, std::int64_t i) {
  if (t.format == Format::int8) return static_cast<std::int8_t>(codes[static_cast<std::size_t>(i)]);
  std::uint16_t code = 0;
  std::memcpy(&code, codes.data() + 2 * i, 2);
  return double{from_bf16(code)};
}

// One output element: taps visited in ConvKernel's order.
struct Sum {
  std::int64_t integer = 0;
  float total = 0;
};
Sum accumulate(const Problem& p, const Case& c, std::int64_t n, std::int64_t oh, std::int64_t ow,
               std::int64_t k) {
  const KernelTensor &in = p.graph.tensor(p.conv.input), &w = p.graph.tensor(p.conv.weights);
  const std::int64_t cg = c.c / c.groups, kg = c.k / c.groups, g = k / kg;
  const std::int64_t block = c.k_channels == 0 ? cg : c.k_channels;
  Sum sum;
  for (std::int64_t c0 = 0; c0 < cg; c0 += block) {
    float run = 0;
    std::int64_t in_run = 0;
    for (std::int64_t kh = 0; kh < c.kernel[0]; ++kh)
      for (std::int64_t kw = 0; kw < c.kernel[1]; ++kw)
        for (std::int64_t ch = c0; ch < std::min(cg, c0 + block); ++ch) {
          const std::int64_t h = oh * c.stride[0] - c.pads[0] + kh * c.dilation[0];
          const std::int64_t x = ow * c.stride[1] - c.pads[1] + kw * c.dilation[1];
          const bool inside = h >= 0 && h < c.h && x >= 0 && x < c.w;
          const double pad = in.format == Format::int8 ? in.quantization.zero_point : 0;
          const double a = inside ? value_at(in, p.inputs.at("in"),
                                             ((n * c.h + h) * c.w + x) * c.c + g * cg + ch)
                                  : pad;
          const double b = value_at(
              w, w.data, (((g * c.kernel[0] + kh) * c.kernel[1] + kw) * cg + ch) * kg + k % kg);
          sum.integer += static_cast<std::int64_t>(a) * static_cast<std::int64_t>(b);
          run += static_cast<float>(a) * static_cast<float>(b);
          if (++in_run == c.k_rows) {
            sum.total += run;
            run = 0;
            in_run = 0;
          }
        }
    if (in_run > 0) sum.total += run;
  }
  return sum;
}

std::vector<std::uint8_t> expected(const Problem& p, const Case& c) {
  const KernelTensor &out = p.graph.tensor(p.conv.output), &r = p.graph.tensor(p.conv.residual);
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(out.bytes()));
  for (std::int64_t i = 0; i < out.elements(); ++i) {
    const std::int64_t k = i % c.k, ow = i / c.k % out.shape[2];
    const std::int64_t oh = i / c.k / out.shape[2] % out.shape[1];
    const Sum sum = accumulate(p, c, i / c.k / out.shape[2] / out.shape[1], oh, ow, k);
    const auto channel = static_cast<std::size_t>(k);
    const bool integer = out.format == Format::int8;
    float v =
        integer ? p.conv.scale[channel] * static_cast<float>(sum.integer + p.conv.bias_int[channel])
                : sum.total + p.conv.bias_float[channel];
    const double zero = integer ? r.quantization.zero_point : 0;
    v = v +
        p.conv.residual_scale * static_cast<float>(value_at(r, p.inputs.at("residual"), i) - zero);
    v = std::min(std::max(v, -40.0F), 90.0F);
    if (integer) {
      codes[static_cast<std::size_t>(i)] =
          static_cast<std::uint8_t>(to_integer(v, out.quantization.zero_point, Format::int8));
    } else {
      const std::uint16_t code = to_bf16(v);
      std::memcpy(codes.data() + 2 * i, &code, 2);
    }
  }
  return codes;
}

class InterpretConv : public testing::TestWithParam<Case> {};

TEST_P(InterpretConv, Int8EqualsTheLoopsBitForBit) {
  const Problem p = problem(GetParam(), Format::int8);
  EXPECT_EQ(interpret(p.graph, p.inputs).at("out"), expected(p, GetParam()));
}

TEST_P(InterpretConv, Bf16EqualsTheLoopsBitForBit) {
  const Problem p = problem(GetParam(), Format::bf16);
  EXPECT_EQ(interpret(p.graph, p.inputs).at("out"), expected(p, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, InterpretConv,
    testing::Values(Case{1, 5, 6, 3, 8, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 0, 0},
                    Case{2, 7, 5, 4, 6, 2, {3, 2}, {2, 1}, {1, 2}, {1, 0, 2, 1}, 0, 4},
                    Case{1, 9, 9, 12, 12, 12, {3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}, 0, 4},
                    Case{1, 6, 6, 6, 12, 6, {3, 3}, {1, 1}, {2, 2}, {2, 2, 2, 2}, 0, 5},
                    Case{3, 1, 1, 70, 19, 1, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 32, 16},
                    Case{1, 8, 8, 24, 17, 1, {3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 10, 32},
                    Case{1, 11, 4, 20, 10, 1, {5, 4}, {3, 2}, {2, 1}, {4, 3, 0, 1}, 7, 0}));

// 2^17 products of -128 * -128 are 2^31: one more than int32 holds.
TEST(InterpretConv, IntegerSumsWrapAround) {
  KernelGraph graph;
  ConvKernel conv;
  constexpr std::int64_t kLength = 1 << 17;
  conv.input = add_tensor(graph, "in", {1, 1, 1, kLength}, Format::int8);
  conv.weights = add_tensor(graph, "weights", {1, 1, kLength, 1}, Format::int8);
  conv.output = add_tensor(graph, "out", {1, 1, 1, 1}, Format::fp32);
  conv.scale = {1};
  conv.bias_int = {0};
  graph.tensor(conv.input).is_input = true;
  graph.tensor(conv.output).is_output = true;
  graph.tensor(conv.weights).data.assign(kLength, 0x80);
  graph.kernels.push_back({"conv", "Conv", 0, conv});
  const auto codes = interpret(graph, {{"in", std::vector<std::uint8_t>(kLength, 0x80)}});
  const Tensor out = from_codes(graph.tensor(conv.output), codes.at("out"));
  EXPECT_EQ(out.floats.at(0), -2147483648.0F);
}

// int16 in and out, a 1x1 convolution of one channel of five inputs with itself, in runs of three.
std::int16_t int16_result(const std::vector<std::int16_t>& in, float scale, Overflow overflow,
                          Rounding rounding) {
  KernelGraph graph;
  ConvKernel conv;
  const auto length = static_cast<std::int64_t>(in.size());
  std::vector<std::uint8_t> codes(2 * in.size());
  std::memcpy(codes.data(), in.data(), codes.size());
  conv.input = add_tensor(graph, "in", {1, 1, 1, length}, Format::int16);
  conv.weights = add_tensor(graph, "weights", {1, 1, length, 1}, Format::int16);
  conv.output = add_tensor(graph, "out", {1, 1, 1, 1}, Format::int16);
  conv.scale = {scale};
  conv.bias_int = {0};
  conv.k_rows = 3;
  conv.overflow = overflow;
  conv.rounding = rounding;
  graph.tensor(conv.input).is_input = graph.tensor(conv.output).is_output = true;
  graph.tensor(conv.weights).data = codes;
  graph.kernels.push_back({"conv", "Conv", 0, conv});
  const auto out = interpret(graph, {{"in", codes}}).at("out");
  return static_cast<std::int16_t>(out.at(0) | out.at(1) << 8);
}

TEST(InterpretConv, Int16SumsWrapOrSaturate) {
  // Runs: 3 x 2^30, which wraps to -2^30, and 2 x 2^30, which wraps to -2^31.
  const std::vector<std::int16_t> least(5, -32768);
  const float scale = 0x1p-17F;
  EXPECT_EQ(int16_result(least, scale, Overflow::wrap, Rounding::half_even), 1 << 13);
  EXPECT_EQ(int16_result(least, scale, Overflow::saturate, Rounding::half_even), 1 << 14);
}

TEST(InterpretConv, SumsAreRoundedAsToldTo) {
  const std::vector<std::int16_t> one = {1, 2, 0, 0, 0};  // 5
  EXPECT_EQ(int16_result(one, 0.5F, Overflow::wrap, Rounding::half_even), 2);
  EXPECT_EQ(int16_result(one, 0.5F, Overflow::wrap, Rounding::double_rounding), 3);
  EXPECT_EQ(int16_result(one, 0.5F, Overflow::wrap, Rounding::single_rounding), 3);
}

TEST(InterpretConv, AFusedPoolingEqualsOneThatFollows) {
  const Case c{1, 8, 8, 3, 5, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 0, 0};
  for (const bool average : {false, true}) {
    Problem apart = problem(c, Format::int8);
    const Quantization quantization = apart.graph.tensor(apart.conv.output).quantization;
    PoolSpec pool;
    pool.average = average;
    pool.kernel = pool.stride = {2, 2};
    pool.scale = average ? 0.7F : 1.0F;
    Problem fused = apart;
    for (Problem* p : {&apart, &fused}) {
      const TensorId pooled = add_tensor(p->graph, "pooled", {1, 4, 4, 5}, Format::int8,
                                         average ? Quantization{0.07F, -9} : quantization);
      p->graph.tensor(pooled).is_output = true;
      p->graph.tensor(p->conv.output).is_output = false;
      if (p == &apart) {
        p->graph.kernels.push_back({"pool", "Pool", 0, PoolKernel{p->conv.output, pooled, pool}});
      } else {
        p->conv.pool = pool;
        p->conv.conv_quantization = quantization;
        p->conv.output = pooled;
        p->graph.kernels[0].work = p->conv;
      }
    }
    EXPECT_EQ(interpret(fused.graph, fused.inputs).at("pooled"),
              interpret(apart.graph, apart.inputs).at("pooled"));
  }
}

}  // namespace
}  // namespace systolith
