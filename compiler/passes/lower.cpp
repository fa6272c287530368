#include "compiler/passes/lower.h"

#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "compiler/passes/lowering.h"

namespace systolith {

Lowering::Lowering(const Graph& graph, const LowerOptions& options)
    : graph_(graph),
      options_(options),
      uses_(graph),
      ranges_(options.format == Format::int8
                  ? calibrate(graph, options.calibration_seed, options.calibration_batches)
                  : RangeMap{}),
      formats_(assign_formats(graph, options.format, ranges_)),
      placements_(place_in_concats(graph, uses_)) {}

KernelGraph Lowering::run() {
  result_.name = graph_.name;
  result_.format = options_.format;
  result_.weights = options_.weights;
  for (const Value& input : graph_.inputs) {
    KernelTensor tensor = describe(input.name);
    tensor.is_input = true;
    tensors_[input.name] = add_tensor(std::move(tensor));
  }
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) lower_node(i);
  lower_outputs();
  return std::move(result_);
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
  tensor.shape = physical_shape(tensor.logical_shape);
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

TensorId Lowering::constant_tensor(const std::string& value) {
  const Tensor* constant = find_constant(graph_, value);
  SYSTOLITH_CHECK(constant != nullptr, "value '{}' is read before it is computed", value);
  KernelTensor tensor = describe(value);
  tensor.data = to_codes(tensor, *constant);
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
  if (node.op == "Conv") return begin_conv(index);
  if (node.op == "Add" || node.op == "Sub" || node.op == "Mul") return lower_arithmetic(node);
  if (is_activation(node)) return lower_activation(node);
  if (node.op == "MaxPool" || node.op == "AveragePool") return lower_pool(node);
  if (node.op == "LRN") return lower_lrn(node);
  if (node.op == "Softmax") return lower_softmax(node);
  if (node.op == "Concat") return lower_concat(node);
  if (is_movement(node)) return lower_movement(node);
  user_error("node '{}' ({}): the compiler has no kernel for this operator on computed values",
             node.name, node.op);
}

KernelGraph lower(const Graph& graph, const LowerOptions& options) {
  if (!graph.states.empty())
    user_error("graph '{}' updates {} states (the first is '{}'): only inference can be lowered",
               graph.name, graph.states.size(), graph.states[0].state);
  return Lowering(graph, options).run();
}

}  // namespace systolith
