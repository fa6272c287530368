// The compiler's second IR: what is left of a graph after canonicalisation, quantisation and
// fusion. Every tensor has a physical NHWC shape, a storage format and quantisation; every kernel
// is one thing the machine can do. Tiling and code generation start here, and the reference
// interpreter (compiler/kernels/interpret.h) defines its results to the bit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hw/arith/format.h"
#include "hw/arith/overflow.h"
#include "hw/arith/requantize.h"
#include "hw/isa/command.h"
#include "models/graph/graph.h"

namespace systolith {

enum class TensorId : std::uint32_t {};
inline constexpr TensorId kNoTensor{~std::uint32_t{0}};

// How a logical tensor of rank 4 lies in its physical shape; all others lie as nhwc says.
enum class Layout : std::uint8_t {
  nhwc,  // [n, c, h, w] as n, h, w, c
  hwio,  // weights [k, c, kh, kw] as kh, kw, c, k: a convolution's contraction, then its outputs
};

struct Quantization {
  float scale = 1;  // real = scale * (code - zero_point)
  std::int32_t zero_point = 0;
};

// Codes in the compiler's own memory take units_of(format) bytes, so that one of int4 has a byte of
// its own; in the machine's they are packed (packed_bytes()), and every pixel begins on a byte.
//
// Dense NHWC (rank 4: n, h, w, c; rank 2 [n, c]: n, 1, 1, c; others: product of all but the last
// two dimensions, second last, 1, last — or, for operands only copied, 1, 1, 1, elements). A tensor
// may be a view: a range of channels of `storage`, at channel_offset; then its pixels lie
// storage-channels apart. A view has as many pixels as its storage, in the same order, though n, h
// and w may factor them differently. A tensor that is its own storage has storage == its id, and no
// storage is itself a view.
struct KernelTensor {
  std::string name;
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  Shape logical_shape;
  Layout layout = Layout::nhwc;
  Format format = Format::int8;
  Quantization quantization;
  TensorId storage = kNoTensor;
  std::int64_t channel_offset = 0;
  bool is_input = false;
  bool is_output = false;
  bool is_state = false;  // stays in memory from run to run; `data` is what it begins with
  // Constants: the codes, little-endian, in physical order, pixels pitch() apart.
  std::vector<std::uint8_t> data;
  bool is_constant() const { return !data.empty() && !is_state; }
  bool crosses_the_border() const { return is_input || is_output || is_state; }

  std::int64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
  std::int64_t pixels() const { return shape[0] * shape[1] * shape[2]; }
  // Elements from a pixel of dense storage to the next: int4 pixels of odd channels have one more.
  std::int64_t pitch() const { return round_up(shape[3], units_per_byte(format)); }
  // Of dense storage in the machine's memory, and in the compiler's.
  std::int64_t bytes() const { return pixels() * packed_bytes(format, shape[3]); }
  std::int64_t code_bytes() const { return pixels() * pitch() * units_of(format); }
};

struct ActivationSpec {
  Activation kind = Activation::none;
  float low = 0, high = 0;  // clamp: limits on the value before rounding and zero_out
  float scale_out = 1;      // times the result (VectorOp::scale_out); 1 for none, clamp, leaky_relu
  float divisor = 1;        // of the result (VectorOp::divisor)

  // What "activation(value)" stands for below.
  float operator()(float value) const {
    return scale_out * apply(kind, value, low, high) / divisor;
  }
};

// Over h and w. Padding never wins a maximum; it counts in a mean only with count_padding.
struct PoolSpec {
  bool average = false;
  bool count_padding = false;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
  // Average: in.scale / out.scale; the divisor comes on top. Maximum: 1, and the output has the
  // input's format and quantisation.
  float scale = 1;
};

// Where the weights of a convolution lie that are no constant, in elements of their tensor: weight
// (kh, kw, c, k) of group g at offset + g * group + kh * strides[0] + kw * strides[1] +
// c * strides[2] + k * strides[3]. Of c and k one has stride 1.
struct WeightWalk {
  std::int64_t offset = 0, group = 0;
  std::array<std::int64_t, 4> strides{0, 0, 0, 1};
  std::int64_t outputs = 0;  // of one group

  std::int64_t at(std::int64_t g, std::int64_t kh, std::int64_t kw, std::int64_t c,
                  std::int64_t k) const {
    return offset + g * group + kh * strides[0] + kw * strides[1] + c * strides[2] + k * strides[3];
  }
};

// Convolution, and every matrix product whose stationary operand is a matrix (as a 1x1
// convolution). With `walk` the weights are a tensor that a run computes or updates (floats only),
// and the bias is one of per-channel fp32 values. Otherwise they are constant, and
// weights: the constant `weights` holds codes in dense [group][kh][kw][c / groups][k / groups]
// order; integers go with inputs of any integer format, floats with any float.
// Result, per output channel: VectorOp::map over the accumulator:
//   activation(scale[k] * float(sum + bias[k])
//                          [+ residual_scale * float(residual - residual_zero)])
// The int32 bias already contains the correction for the input's zero point (padding is the zero
// point). For floats scale is empty (1) and bias fp32.
struct ConvKernel {
  TensorId input = kNoTensor, weights = kNoTensor, output = kNoTensor;
  std::int64_t groups = 1;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
  std::vector<float> scale;                      // per output channel
  std::vector<std::int32_t> bias_int;            // per output channel (integer datapath)
  std::vector<float> bias_float;                 // per output channel (float datapath)
  TensorId residual = kNoTensor;                 // same shape as the convolution's own result
  float residual_scale = 1;
  ActivationSpec activation;
  // A pooling applied to the convolution's (stored) result before it leaves the core; then `output`
  // is the pool's, `conv_format` and `conv_quantization` are those of the value between.
  std::optional<PoolSpec> pool;
  Format conv_format = Format::int8;
  Quantization conv_quantization;
  std::array<std::int64_t, 2> conv_size{0, 0};  // output height and width of the convolution itself
  // Of every m consecutive input channels of a tap at most n weights of an output channel are not
  // zero.
  Sparsity sparsity;
  std::optional<WeightWalk> walk;
  TensorId bias = kNoTensor;  // with `walk`
  // Result pixel (h, w) is the output's pixel (h, w) * grid_stride + grid_offset: what a strided
  // convolution's data gradient is made of.
  std::array<std::int64_t, 2> grid_stride{1, 1}, grid_offset{0, 0};
  // The order of accumulation, set by tiling: contraction is cut into blocks of `k_channels`
  // input channels (of a group); within one, k counts (kh, kw, c) and is summed in runs of `k_rows`
  // from zero, each run's sum being added to the accumulator. 0: everything in one.
  std::int64_t k_channels = 0, k_rows = 0;
  // As the machine does it, set by tiling: what int32 sums do beyond their range, and how they are
  // scaled into an integer format (half_even: in fp32, as above; else as VectorOp::rounding says).
  Overflow overflow = Overflow::wrap;
  Rounding rounding = Rounding::half_even;
};

// Element by element over the output's shape; b may be broadcast (extent 1) in any dimension.
//   activation(scale_a * float(a - zero_a) (op) scale_b * float(b - zero_b)),
// rounded into output. A constant b is fp32 (scale 1, zero 0); a is computed.
struct MapKernel {
  TensorId a = kNoTensor, b = kNoTensor, output = kNoTensor;
  BinaryFunction binary = BinaryFunction::none;
  float scale_a = 1, scale_b = 1;
  ActivationSpec activation;
};

struct PoolKernel {
  TensorId input = kNoTensor, output = kNoTensor;
  PoolSpec pool;
};

// On in.scale * float(in - zero); the result times 1.0F / out.scale, rounded into output.
struct LrnKernel {
  TensorId input = kNoTensor, output = kNoTensor;
  std::int64_t size = 1;
  float alpha = 1e-4F, beta = 0.75F, bias = 1;
};

// Along c; scales as LrnKernel.
struct SoftmaxKernel {
  TensorId input = kNoTensor, output = kNoTensor;
};

// Moves: Concat, Transpose, Reshape across layouts, Pad, Slice. Sources and output have one format
// and quantisation. Each piece walks `extent` (outermost first); strides and offsets count elements
// of the source's and the output's storage (pitch() apart from pixel to pixel), from the storage's
// first (a view's channel_offset is in the offset already). Where `fills`, all of the output is
// first set to `fill`.
struct CopyPiece {
  TensorId source = kNoTensor;
  std::vector<std::int64_t> extent, source_strides, destination_strides;
  std::int64_t source_offset = 0, destination_offset = 0;
};
struct CopyKernel {
  std::vector<CopyPiece> pieces;
  TensorId output = kNoTensor;
  bool fills = false;
  double fill = 0;  // real value
};

// The gradient of a convolution's weights (floats only), hwio: element (kh, kw, c, k) is the sum
// over images and output pixels of what tap (kh, kw) of the pixel reads of input channel c, times
// the arriving gradient's channel k. Of a matrix product: 1x1.
struct WeightGradKernel {
  TensorId input = kNoTensor, gradient = kNoTensor, output = kNoTensor;
  std::int64_t groups = 1;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 2> pads{0, 0};  // top, left
  // The order of summation, set by tiling: boxes of batch x height x width pixels, row-major; in
  // each, runs of k_rows pixels are summed from zero and added to the accumulator. 0: all in one.
  std::array<std::int64_t, 3> box{0, 0, 0};
  std::int64_t k_rows = 0;
};

// A MaxPool's input gradient: what arrives at a window goes to its first largest element; where
// windows overlap, the sums are fp32 in the order of the windows.
struct PoolGradKernel {
  TensorId gradient = kNoTensor, input = kNoTensor, output = kNoTensor;
  PoolSpec pool;
};

// A chain of passes of the vector unit. Its values are tensors of `shape` (or broadcast to it),
// fp32 vectors of one value per channel, and temporaries (fp32) of either kind.
struct ChainValue {
  TensorId tensor = kNoTensor;  // none: a temporary
  bool per_channel = false;
  bool scalar = false;  // a temporary per channel: one value for all of them
};
// out = activation(scale[c] or scale_a * (a + bias[c]) (op) scale_b * b), or what the
// function is. A reduce_sum of `each` adds up over all pixels, row-major, from 0.
struct ChainStep {
  // before: once on per-channel values, ahead of all pixels; each: on every pixel; after: behind.
  enum class When : std::uint8_t { before, each, after };
  static constexpr int kNone = -1;

  When when = When::each;
  VectorFunction function = VectorFunction::map;  // or reduce_sum, log_softmax, one_hot
  BinaryFunction binary = BinaryFunction::none;
  ActivationSpec activation;
  int out = 0, a = 0, b = kNone, bias = kNone, scale = kNone;  // indices of values
  float scale_a = 1, scale_b = 1;
  bool across = false;  // after: reduce_sum of a's channels, upwards, into one value
};
struct ChainKernel {
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  std::vector<ChainValue> values;
  std::vector<ChainStep> steps;

  // Whether the value is written (or read before it is written) by some step.
  bool writes(int value) const;
  bool reads_first(int value) const;
  bool reduces() const;         // over the pixels
  bool whole_channels() const;  // some step needs all channels of a pixel at once
};

struct Kernel {
  std::string name;  // of the graph's node
  std::string op;    // "Conv+Relu+Add", ONNX names
  std::int64_t macs = 0;
  std::variant<ConvKernel, MapKernel, PoolKernel, LrnKernel, SoftmaxKernel, CopyKernel,
               WeightGradKernel, PoolGradKernel, ChainKernel>
      work;
  std::string phase = {};  // of a training step: forward, backward, update
};

struct KernelGraph {
  std::string name;
  Format format = Format::int8;  // of the array's streamed operands; with int4 some are int8
  std::vector<KernelTensor> tensors;
  std::vector<Kernel> kernels;  // in execution order

  KernelTensor& tensor(TensorId id) { return tensors[static_cast<std::size_t>(id)]; }
  const KernelTensor& tensor(TensorId id) const { return tensors[static_cast<std::size_t>(id)]; }
};

// Readable, one tensor or kernel a line; what --dump prints.
std::string to_text(const KernelGraph& graph);

}  // namespace systolith
