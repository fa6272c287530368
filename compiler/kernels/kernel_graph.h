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
#include "hw/isa/command.h"
#include "models/graph/graph.h"

namespace systolith {

enum class TensorId : std::uint32_t {};
inline constexpr TensorId kNoTensor{~std::uint32_t{0}};

struct Quantization {
  float scale = 1;  // real = scale * (code - zero_point)
  std::int32_t zero_point = 0;
};

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
  Format format = Format::int8;
  Quantization quantization;
  TensorId storage = kNoTensor;
  std::int64_t channel_offset = 0;
  bool is_input = false;
  bool is_output = false;
  // Constants: the codes, elements() * bytes_of(format) bytes little-endian, in physical order.
  std::vector<std::uint8_t> data;
  bool is_constant() const { return !data.empty(); }

  std::int64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
  std::int64_t bytes() const { return elements() * bytes_of(format); }
};

struct ActivationSpec {
  Activation kind = Activation::none;
  float low = 0, high = 0;  // clamp: limits on the value before rounding and zero_out
  float scale_out = 1;      // times the result (VectorOp::scale_out); 1 for none, clamp, leaky_relu
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

// Convolution, and every matrix product with constant weights (as a 1x1 convolution).
// Weights: the constant `weights` holds codes in [group][kh][kw][c / groups][k / groups] order.
// Result, per output channel: VectorOp::map over the accumulator:
//   scale_out * activation(scale[k] * float(sum + bias[k])
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
  // is the pool's and `conv_quantization` that of the value between.
  std::optional<PoolSpec> pool;
  Quantization conv_quantization;
  std::array<std::int64_t, 2> conv_size{0, 0};  // output height and width of the convolution itself
  // The order of fp32 accumulation, set by tiling: contraction is cut into blocks of `k_channels`
  // input channels (of a group); within one, k counts (kh, kw, c) and is summed in runs of `k_rows`
  // from zero, each run's sum being added to the accumulator. 0: everything in one.
  std::int64_t k_channels = 0, k_rows = 0;
};

// Element by element over the output's shape; b may be broadcast (extent 1) in any dimension.
//   scale_out * activation(scale_a * float(a - zero_a) (op) scale_b * float(b - zero_b)),
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
// of the source's and the output's storage, from the storage's first (a view's channel_offset is in
// the offset already). Where `fills`, all of the output is first set to `fill`.
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

struct Kernel {
  std::string name;  // of the graph's node
  std::string op;    // "Conv+Relu+Add", ONNX names
  std::int64_t macs = 0;
  std::variant<ConvKernel, MapKernel, PoolKernel, LrnKernel, SoftmaxKernel, CopyKernel> work;
};

struct KernelGraph {
  std::string name;
  Format format = Format::int8;   // of the array's streamed operands
  Format weights = Format::int8;  // of its stationary ones; int4 codes still take a byte in `data`
  std::vector<KernelTensor> tensors;
  std::vector<Kernel> kernels;  // in execution order

  KernelTensor& tensor(TensorId id) { return tensors[static_cast<std::size_t>(id)]; }
  const KernelTensor& tensor(TensorId id) const { return tensors[static_cast<std::size_t>(id)]; }
};

// Readable, one tensor or kernel a line; what --dump prints.
std::string to_text(const KernelGraph& graph);

}  // namespace systolith
