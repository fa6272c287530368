#include "compiler/passes/host_inputs.h"

#include "compiler/kernels/operands.h"

namespace systolith {
namespace {

// Products read their operands once for each tile that needs them; the others everything once.
bool reads_once(const Kernel& kernel) {
  return std::holds_alternative<MapKernel>(kernel.work) ||
         std::holds_alternative<CopyKernel>(kernel.work);
}

bool read_once(const KernelGraph& graph, TensorId id) {
  std::int64_t readers = 0;
  bool once = true;
  for (const Kernel& kernel : graph.kernels)
    for_each_operand(kernel, [&](TensorId operand, bool written) {
      if (written || graph.tensor(operand).storage != id) return;
      ++readers;
      once = once && reads_once(kernel);
    });
  return once && readers <= 1;
}

// The tensor, with all who read it, becomes a copy of a new input.
Kernel bring(KernelGraph& graph, TensorId id) {
  KernelTensor input = graph.tensor(id);
  const auto border = static_cast<TensorId>(graph.tensors.size());
  KernelTensor& own = graph.tensor(id);
  own.is_input = false;
  own.name += "/brought";
  input.storage = border;
  CopyKernel copy;
  copy.output = id;
  copy.pieces.push_back(
      {border, {input.pixels(), input.shape[3]}, {input.pitch(), 1}, {input.pitch(), 1}});
  Kernel kernel{input.name, "Input", 0, std::move(copy)};
  graph.tensors.push_back(std::move(input));
  return kernel;
}

}  // namespace

void bring_host_inputs(KernelGraph& graph) {
  std::vector<Kernel> copies;
  const std::size_t count = graph.tensors.size();
  for (std::size_t t = 0; t < count; ++t) {
    const auto id = static_cast<TensorId>(t);
    if (graph.tensor(id).is_input && !graph.tensor(id).is_output && !read_once(graph, id))
      copies.push_back(bring(graph, id));
  }
  if (copies.empty()) return;
  for (Kernel& copy : copies) copy.phase = graph.kernels.front().phase;
  graph.kernels.insert(graph.kernels.begin(), std::make_move_iterator(copies.begin()),
                       std::make_move_iterator(copies.end()));
}

}  // namespace systolith
