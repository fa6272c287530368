// The state of one lower() call.
#pragma once

#include <optional>
#include <set>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/passes/concat_places.h"
#include "compiler/passes/graph_edit.h"
#include "compiler/passes/lower.h"
#include "compiler/passes/movement.h"
#include "compiler/passes/training_values.h"
#include "compiler/passes/value_formats.h"

namespace systolith {

// A convolution and the nodes that run behind it, before it is emitted at the last one's place.
struct PendingConv {
  ConvKernel kernel;
  std::string name, op;
  std::int64_t macs = 0;
  std::string value;                 // what it computes so far
  std::string residual;              // value added, "" for none
  std::vector<double> weight_scale;  // int8
  const Node* activation = nullptr;
  std::optional<PoolSpec> pool;
  std::string before_pool;  // the value between
};

class Lowering {
 public:
  Lowering(const Graph& graph, const LowerOptions& options);
  KernelGraph run();

 private:
  // Tensors (lower.cpp).
  void define_input(const std::string& name);
  TensorId add_tensor(KernelTensor tensor);
  // The tensor a kernel computes `value` into: dense, or a view of the Concat it is placed in.
  TensorId define(const std::string& value);
  // The tensor to read `value` from: defined before, a view of another's channels, or copied now.
  TensorId use(const std::string& value);
  // A tensor of one dimension that matters as the same bytes along the channels.
  TensorId as_vector(TensorId id);
  TensorId constant_tensor(const std::string& value);
  KernelTensor describe(const std::string& value) const;
  const ValueFormat& format_of(const std::string& value) const;
  double scale_of(const std::string& value) const;  // 1 for floats
  void emit(const Node& node, const std::string& op, std::int64_t macs,
            decltype(Kernel::work) work);
  void lower_node(std::size_t index);
  bool lower_training_node(std::size_t index);
  bool in_training() const { return !graph_.states.empty(); }
  // Whether the model itself says how the value is stored: nothing may be fused across it.
  bool is_encoded(const std::string& value) const { return graph_.encodings.count(value) != 0; }

  // Whether results become the value's codes by QuantizeLinear's division, as fp32 rounds it; else
  // their factors are in units of its scale already, which by a power of two is the same.
  bool is_divided_by_scale(const std::string& value) const;

  // States (lower_states.cpp).
  void define_states();
  // Whether the state's next value may take its place at once: nobody reads it later.
  bool replaceable(const StateBinding& state) const;
  void finish_states();

  // Convolutions (lower_conv.cpp).
  void begin_conv(std::size_t index);
  void set_constants(const Node& node, PendingConv& pending);
  // The mean of what each weight of a convolution meets, [c, kh, kw] of all groups.
  std::vector<double> expected_inputs(const Node& node) const;
  // Takes up what may be fused behind the node, and emits the kernel or leaves it pending.
  void fuse_behind(std::size_t index, PendingConv pending);
  bool append(PendingConv& pending, const std::vector<std::size_t>& path);
  // Whether the value, or a reshaped one on the path to its reader, is encoded.
  bool is_rounded_on(const std::string& value, const std::vector<std::size_t>& path) const;
  // The nodes up to the one node that reads the value, looking through Reshapes that keep its
  // layout; empty where there isn't just one.
  std::vector<std::size_t> path_to_reader(const std::string& value) const;
  bool append_pool(PendingConv& pending);
  // How the convolution's own result is stored ahead of a fused pooling.
  ValueFormat format_before_pool(const std::string& value) const;
  void finish_conv(PendingConv pending);
  void set_scales(PendingConv& pending);

  // Products of computed operands (lower_product.cpp).
  // The value in the array's format and as a whole tensor in memory.
  TensorId operand(const Node& node, const std::string& value);
  TensorId bias_operand(const Node& node, std::size_t input, std::int64_t outputs);
  void set_walk(const Node& node, ConvKernel& kernel);
  void lower_gemm(std::size_t index);
  void lower_transposed_gemm(const Node& node, bool trans_b);
  void lower_conv_transpose(const Node& node);
  void lower_conv_weight_grad(const Node& node);
  WeightWalk backward_walk(const ConvKernel& conv, std::array<std::int64_t, 2> first,
                           std::array<std::int64_t, 2> step,
                           std::array<std::int64_t, 2> count) const;

  // Training on the vector unit (lower_training.cpp).
  struct Moments {
    TensorId mean = kNoTensor, variance = kNoTensor;
  };
  TensorId vector_tensor(const std::string& name, std::int64_t channels);
  TensorId channel_operand(const Node& node, std::size_t input);
  TensorId define_or_vector(const Node& node, std::size_t output, std::int64_t channels);
  // Mean and variance of a value's channels, taken once.
  Moments moments_of(const Node& node, const std::string& value);
  void lower_batch_norm(std::size_t index);
  void update_running(const Node& node, const Moments& moments);
  void lower_batch_norm_grad(const Node& node);
  void lower_relu_grad(const Node& node);
  void lower_max_pool_grad(const Node& node);
  void lower_reduce_sum(const Node& node);

  // Loss and optimisers (lower_update.cpp).
  double loss_share(const Node& node, const std::string& scores, const std::string& labels) const;
  TensorId labels_column(const std::string& labels);
  void lower_loss(const Node& node);
  void lower_loss_grad(const Node& node);
  void lower_momentum(const Node& node);
  void lower_adam(const Node& node);

  // Everything else the vector unit does (lower_vector.cpp).
  void lower_arithmetic(const Node& node);  // Add, Sub, Mul
  void lower_activation(const Node& node);
  void lower_pool(const Node& node);
  void lower_lrn(const Node& node);
  // What adopt_quantization() leaves of QuantizeLinear and DequantizeLinear (lower_codes.cpp).
  void lower_rounding(const Node& node);
  void lower_relabelling(const Node& node);
  void lower_softmax(const Node& node);
  void lower_scaling(const Node& node, const std::string& value, double factor);
  void map_with_activation(const Node& node, MapKernel map, double a, double b);
  TensorId broadcast_constant(const Node& node, const std::string& value);

  // Movement (lower_move.cpp).
  Moved moved_of(const std::string& value) const;
  void lower_movement(const Node& node);
  void lower_concat(const Node& node);
  void lower_outputs();
  TensorId materialize(const std::string& value);
  std::optional<TensorId> as_view(const std::string& value, const Moved& moved);
  // Pieces that bring moved element i to `positions[i]` of `destination` (ONNX order).
  std::vector<CopyPiece> pieces_into(const std::string& destination, const Moved& moved,
                                     const std::vector<std::int64_t>& positions);
  // For every element of `value`, in ONNX order, where its storage has it.
  std::vector<std::int64_t> storage_offsets(const std::string& value) const;

  const Graph& graph_;
  const LowerOptions& options_;
  const Uses uses_;
  const SightingMap sightings_;  // empty for float formats
  const TrainingValues training_;
  const ValueFormatMap formats_;
  const std::map<std::string, ConcatPlace> placements_;
  KernelGraph result_;
  std::map<std::string, TensorId> tensors_;
  std::map<std::string, Moved> moved_;
  std::map<std::string, TensorId> operands_;  // in the array's format
  std::map<std::string, Moments> moments_;
  std::map<std::size_t, PendingConv> pending_;  // by the node where it is emitted
  std::set<std::size_t> fused_;                 // nodes that are part of another's kernel
};

// The pooling of a canonical MaxPool or AveragePool, and of a MaxPool or its gradient over `input`.
PoolSpec pool_spec(const Graph& graph, const Node& node);
PoolSpec max_pool_spec(const Node& node, const Shape& input);

// Where a convolution finds its weights in a tensor that is hwio.
WeightWalk conv_walk(const KernelTensor& weights, std::int64_t groups);

bool is_activation(const Node& node);
// f(k * x) = k * f(x) for k > 0, limits scaled along; other curves run on real values.
bool is_homogeneous(const Node& node);
// On values in units of `scale` (or real ones, scaled to that unit afterwards).
ActivationSpec activation_spec(const Graph& graph, const Node& node, double scale);

// Both shapes are the same bytes in physical order, with the same physical extents.
bool keeps_layout(const Shape& from, const Shape& to);

}  // namespace systolith
