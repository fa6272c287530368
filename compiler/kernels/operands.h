// Which tensors a kernel reads and writes.
#pragma once

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// Calls visit(tensor, written) for every one.
template <class Visit>
void for_each_operand(const Kernel& kernel, Visit visit) {
  const auto use = [&](TensorId id, bool written) {
    if (id != kNoTensor) visit(id, written);
  };
  std::visit(
      [&](const auto& work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (!std::is_same_v<Work, ChainKernel>) use(work.output, true);
        if constexpr (std::is_same_v<Work, ConvKernel>) {
          use(work.input, false);
          use(work.residual, false);
          use(work.weights, false);
          use(work.bias, false);
        } else if constexpr (std::is_same_v<Work, WeightGradKernel> ||
                             std::is_same_v<Work, PoolGradKernel>) {
          use(work.input, false);
          use(work.gradient, false);
        } else if constexpr (std::is_same_v<Work, MapKernel>) {
          use(work.a, false);
          use(work.b, false);
        } else if constexpr (std::is_same_v<Work, CopyKernel>) {
          for (const CopyPiece& piece : work.pieces) use(piece.source, false);
        } else if constexpr (std::is_same_v<Work, ChainKernel>) {
          for (std::size_t i = 0; i < work.values.size(); ++i)
            use(work.values[i].tensor, work.writes(static_cast<int>(i)));
        } else {
          use(work.input, false);
        }
      },
      kernel.work);
}

}  // namespace systolith
