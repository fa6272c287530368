#include "compiler/passes/lower.h"

#include <algorithm>

#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "compiler/passes/lowering.h"
#include "compiler/quantize/samples.h"

namespace systolith {
namespace {

std::vector<TensorMap> calibration_batches(const Graph& graph, const LowerOptions& options,
                                           Detail detail) {
  if (options.calibration) return sample_batches(graph, *options.calibration);
  int count = options.calibration_batches;
  if (count == 0) count = detail == Detail::ranges ? 1 : affordable_batches(graph);
  return seeded_batches(graph, options.calibration_seed, count);
}

SightingMap calibrated(const Graph& graph, const LowerOptions& options) {
  if (is_float(options.format) || !graph.encodings.empty()) return {};
  const bool has_int4 = options.weights.value_or(options.format) == Format::int4;
  const Detail detail = has_int4 ? Detail::all : Detail::ranges;
  return calibrate(graph, calibration_batches(graph, options, detail), detail, options.poll);
}

}  // namespace

Lowering::Lowering(const Graph& graph, const LowerOptions& options)
    : graph_(graph),
      options_(options),
      uses_(graph),
      sightings_(calibrated(graph, options)),
      training_(graph.states.empty()
                    ? TrainingValues{}
                    : assign_training_values(graph, options.format, options.phases)),
      formats_(!graph.encodings.empty() ? encoded_formats(graph)
               : graph.states.empty()
                   ? assign_formats(graph, options.format, sightings_, options.quantize_outputs)
                   : training_.formats),
      placements_(place_in_concats(graph, uses_, formats_)) {}

KernelGraph Lowering::run() {
  result_.name = graph_.name;
  result_.format = options_.format;
  for (const Value& input : graph_.inputs) define_input(input.name);
  define_states();
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    options_.poll();
    const std::size_t first = result_.kernels.size();
    lower_node(i);
    const auto phase = options_.phases.find(graph_.nodes[i].name);
    if (phase == options_.phases.end()) continue;
    for (std::size_t k = first; k < result_.kernels.size(); ++k)
      result_.kernels[k].phase = phase->second;
  }
  finish_states();
  lower_outputs();
  return std::move(result_);
}

void Lowering::define_input(const std::string& name) {
  KernelTensor tensor = describe(name);
  const bool quantizes = options_.float_inputs && !is_float(tensor.format);
  KernelTensor input = tensor;
  input.is_input = true;
  if (quantizes) {
    input.format = Format::fp32;
    input.quantization = {};
  }
  const TensorId id = tensors_[name] = add_tensor(std::move(input));
  if (!quantizes) return;
  MapKernel map;
  map.a = id;
  map.activation.divisor = tensor.quantization.scale;
  tensor.name += "/quantized";
  map.output = tensors_[name] = add_tensor(std::move(tensor));
  result_.kernels.push_back({name, "QuantizeLinear", 0, map});
}

TensorId Lowering::add_tensor(KernelTensor tensor) {
  const auto id = static_cast<TensorId>(result_.tensors.size());
  if (tensor.storage == kNoTensor) tensor.storage = id;
  result_.tensors.push_back(std::move(tensor));
  return id;
}

const ValueFormat& Lowering::format_of(const std::string& value) const {
  const auto found = formats_.find(value);
  SYSTOLITH_CHECK(found != formats_.end(), "value '{}' has no format", value);
  return found->second;
}

double Lowering::scale_of(const std::string& value) const {
  const ValueFormat& format = format_of(value);
  return is_float(format.format) ? 1.0 : double{format.quantization.scale};
}

KernelTensor Lowering::describe(const std::string& value) const {
  KernelTensor tensor;
  tensor.name = value;
  tensor.logical_shape = shape_of(graph_, value);
  if (training_.hwio.count(value) != 0 && tensor.logical_shape.size() == 4)
    tensor.layout = Layout::hwio;
  tensor.shape = physical_shape(tensor.logical_shape, tensor.layout);
  tensor.format = format_of(value).format;
  tensor.quantization = format_of(value).quantization;
  return tensor;
}

TensorId Lowering::define(const std::string& value) {
  if (const auto found = tensors_.find(value); found != tensors_.end()) return found->second;
  KernelTensor tensor = describe(value);
  if (const auto placed = placements_.find(value); placed != placements_.end()) {
    const KernelTensor& around = result_.tensor(define(placed->second.inside));
    tensor.storage = around.storage;
    tensor.channel_offset = around.channel_offset + placed->second.channel;
  }
  return tensors_[value] = add_tensor(std::move(tensor));
}

TensorId Lowering::use(const std::string& value) {
  if (const auto found = tensors_.find(value); found != tensors_.end()) return found->second;
  return tensors_[value] = moved_.count(value) != 0 ? materialize(value) : constant_tensor(value);
}

TensorId Lowering::as_vector(TensorId id) {
  KernelTensor alias = result_.tensor(id);
  const std::int64_t count = alias.elements();
  const bool is_vector =
      *std::max_element(alias.shape.begin(), alias.shape.end()) == count && alias.storage == id;
  if (!is_vector || alias.shape[3] == count) return id;
  alias.shape = {1, 1, 1, count};
  alias.is_state = alias.is_input = alias.is_output = false;
  alias.data.clear();
  return add_tensor(std::move(alias));
}

TensorId Lowering::constant_tensor(const std::string& value) {
  const Tensor* constant = find_constant(graph_, value);
  SYSTOLITH_CHECK(constant != nullptr, "value '{}' is read before it is computed", value);
  KernelTensor tensor = describe(value);
  tensor.data = unpack_codes(tensor.format, to_codes(tensor, *constant));
  return add_tensor(std::move(tensor));
}

void Lowering::emit(const Node& node, const std::string& op, std::int64_t macs,
                    decltype(Kernel::work) work) {
  result_.kernels.push_back({node.name, op, macs, std::move(work)});
}

void Lowering::lower_node(std::size_t index) {
  if (const auto found = pending_.find(index); found != pending_.end())
    return finish_conv(std::move(found->second));
  if (fused_.count(index) != 0) return;
  const Node& node = graph_.nodes[index];
  if (in_training() && lower_training_node(index)) return;
  if (node.op == "Conv") return begin_conv(index);
  if (node.op == "Add" || node.op == "Sub" || node.op == "Mul") return lower_arithmetic(node);
  if (is_activation(node)) return lower_activation(node);
  if (node.op == "MaxPool" || node.op == "AveragePool") return lower_pool(node);
  if (node.op == "LRN") return lower_lrn(node);
  if (node.op == "QuantizeLinear") return lower_rounding(node);
  if (node.op == "DequantizeLinear") return lower_relabelling(node);
  if (node.op == "Softmax") return lower_softmax(node);
  if (node.op == "Concat") return lower_concat(node);
  if (is_movement(node)) return lower_movement(node);
  user_error("node '{}' ({}): the compiler has no kernel for this operator on computed values",
             node.name, node.op);
}

bool Lowering::lower_training_node(std::size_t index) {
  using ByNode = void (Lowering::*)(const Node&);
  static const std::map<std::string, ByNode> by_node = {
      {"Adam", &Lowering::lower_adam},
      {"BatchNormalizationGrad", &Lowering::lower_batch_norm_grad},
      {"ConvTranspose", &Lowering::lower_conv_transpose},
      {"ConvWeightGrad", &Lowering::lower_conv_weight_grad},
      {"MaxPoolGrad", &Lowering::lower_max_pool_grad},
      {"Momentum", &Lowering::lower_momentum},
      {"ReduceSum", &Lowering::lower_reduce_sum},
      {"ReluGrad", &Lowering::lower_relu_grad},
      {"SoftmaxCrossEntropyLoss", &Lowering::lower_loss},
      {"SoftmaxCrossEntropyLossGrad", &Lowering::lower_loss_grad},
  };
  using ByIndex = void (Lowering::*)(std::size_t);
  static const std::map<std::string, ByIndex> by_index = {
      {"BatchNormalization", &Lowering::lower_batch_norm},
      {"Gemm", &Lowering::lower_gemm},
      {"MatMul", &Lowering::lower_gemm},
  };
  const Node& node = graph_.nodes[index];
  if (const auto found = by_node.find(node.op); found != by_node.end()) {
    (this->*found->second)(node);
    return true;
  }
  const auto found = by_index.find(node.op);
  if (found == by_index.end()) return false;
  (this->*found->second)(index);
  return true;
}

KernelGraph lower(const Graph& graph, const LowerOptions& options) {
  return Lowering(graph, options).run();
}

}  // namespace systolith
