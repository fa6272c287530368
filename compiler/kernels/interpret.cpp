#include "compiler/kernels/interpret.h"

#include <cstring>

#include "compiler/kernels/execute.h"

namespace systolith {
namespace {

// Dispatches kernels over one buffer per storage.
class Interpreter {
 public:
  Interpreter(const KernelGraph& graph, const CodeMap& inputs)
      : graph_(graph), buffers_(graph.tensors.size()) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
      const KernelTensor& tensor = graph.tensors[i];
      if (!tensor.data.empty())
        buffers_[i] = tensor.data;
      else if (tensor.storage == static_cast<TensorId>(i))
        buffers_[i].resize(static_cast<std::size_t>(tensor.code_bytes()));
    }
    for (const KernelTensor& tensor : graph.tensors)
      if (tensor.is_input || (tensor.is_state && inputs.count(tensor.name) != 0))
        set_input(tensor, inputs);
  }

  void run(const Kernel& kernel) {
    std::visit([this](const auto& work) { execute(work); }, kernel.work);
  }

  CodeMap outputs() {
    CodeMap result;
    for (const KernelTensor& tensor : graph_.tensors) {
      if (!tensor.is_output && !tensor.is_state) continue;
      std::vector<std::uint8_t> codes(static_cast<std::size_t>(tensor.code_bytes()));
      for_each_pixel(tensor, codes.data(), [](std::uint8_t* stored, std::uint8_t* dense, auto row) {
        std::memcpy(dense, stored, row);
      });
      result[tensor.name] = pack_codes(tensor.format, std::move(codes));
    }
    return result;
  }

 private:
  void set_input(const KernelTensor& tensor, const CodeMap& inputs) {
    const auto found = inputs.find(tensor.name);
    if (found == inputs.end()) user_error("input '{}' is missing", tensor.name);
    if (static_cast<std::int64_t>(found->second.size()) != tensor.bytes())
      user_error("input '{}' has {} bytes instead of {}", tensor.name, found->second.size(),
                 tensor.bytes());
    std::vector<std::uint8_t> codes = unpack_codes(tensor.format, found->second);
    for_each_pixel(tensor, codes.data(), [](std::uint8_t* stored, std::uint8_t* dense, auto row) {
      std::memcpy(stored, dense, row);
    });
  }

  // Calls visit(the pixel in its storage, the same one of `dense`, its bytes).
  template <class Visit>
  void for_each_pixel(const KernelTensor& tensor, std::uint8_t* dense, const Visit& visit) {
    const TensorRows rows = rows_of(tensor);
    const auto row = static_cast<std::size_t>(rows.channels() * units_of(tensor.format));
    for (std::int64_t p = 0; p < rows.pixels(); ++p)
      visit(rows.at(p), dense + p * tensor.pitch() * units_of(tensor.format), row);
  }

  TensorRows rows_of(const KernelTensor& tensor) {
    const auto storage = static_cast<std::size_t>(tensor.storage);
    return {&tensor, buffers_[storage].data(), graph_.tensors[storage].pitch()};
  }
  TensorRows rows_of(TensorId id) {
    return id == kNoTensor ? TensorRows{} : rows_of(graph_.tensor(id));
  }

  void execute(const ConvKernel& conv) {
    execute_conv(conv, {rows_of(conv.input), rows_of(conv.weights), rows_of(conv.output),
                        rows_of(conv.residual), rows_of(conv.bias)});
  }
  void execute(const WeightGradKernel& kernel) {
    execute_weight_grad(kernel, rows_of(kernel.input), rows_of(kernel.gradient),
                        rows_of(kernel.output));
  }
  void execute(const PoolGradKernel& kernel) {
    execute_pool_grad(kernel.pool, rows_of(kernel.gradient), rows_of(kernel.input),
                      rows_of(kernel.output));
  }
  void execute(const ChainKernel& chain) {
    std::vector<TensorRows> tensors;
    for (const ChainValue& value : chain.values) tensors.push_back(rows_of(value.tensor));
    execute_chain(chain, tensors);
  }
  void execute(const MapKernel& map) {
    execute_map(map, rows_of(map.a), rows_of(map.b), rows_of(map.output));
  }
  void execute(const PoolKernel& pool) {
    execute_pool(pool.pool, rows_of(pool.input), rows_of(pool.output));
  }
  void execute(const LrnKernel& lrn) { execute_lrn(lrn, rows_of(lrn.input), rows_of(lrn.output)); }
  void execute(const SoftmaxKernel& softmax) {
    execute_softmax(rows_of(softmax.input), rows_of(softmax.output));
  }
  void execute(const CopyKernel& copy) {
    std::vector<TensorRows> sources;
    for (const CopyPiece& piece : copy.pieces) sources.push_back(rows_of(piece.source));
    execute_copy(copy, sources, rows_of(copy.output));
  }

  const KernelGraph& graph_;
  std::vector<std::vector<std::uint8_t>> buffers_;
};

}  // namespace

CodeMap interpret(const KernelGraph& graph, const CodeMap& inputs,
                  const std::function<void()>& poll) {
  Interpreter interpreter(graph, inputs);
  for (const Kernel& kernel : graph.kernels) {
    poll();
    interpreter.run(kernel);
  }
  return interpreter.outputs();
}

}  // namespace systolith
