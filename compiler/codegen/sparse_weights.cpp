#include "compiler/codegen/sparse_weights.h"

#include <algorithm>

namespace systolith {
namespace {

bool is_zero(const std::uint8_t* code, std::int64_t bytes) {
  return std::all_of(code, code + bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Whether no output channel of the range has more than n weights in a group of m.
bool has(Sparsity sparsity, const KernelTensor& weights, const ConvProblem& p,
         const ChannelRange& channels) {
  const std::int64_t bytes = units_of(weights.format);  // codes of int4 have a byte of their own
  const std::int64_t depth = p.taps() * p.group_in;
  std::vector<std::int32_t> counts(static_cast<std::size_t>(channels.count));
  for (std::int64_t k = 0; k < depth; ++k) {
    if (k % sparsity.m == 0) std::fill(counts.begin(), counts.end(), 0);
    const std::int64_t element = (channels.group * depth + k) * p.group_out + channels.first;
    const std::uint8_t* code = weights.data.data() + element * bytes;
    for (std::int32_t& count : counts) {
      if (!is_zero(code, bytes) && ++count > sparsity.n) return false;
      code += bytes;
    }
  }
  return true;
}

}  // namespace

Sparsity sparsity_of(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv,
                     const ConvProblem& problem, const ChannelRange& channels) {
  Sparsity best;
  if (conv.walk || !machine.core.array.allows("weight_stationary")) return best;
  for (const std::string& name : machine.core.array.sparsity) {
    const Sparsity sparsity = sparsity_from_name(name);
    if (problem.group_in % sparsity.m != 0 || !(sparsity < best)) continue;
    if (has(sparsity, graph.tensor(conv.weights), problem, channels)) best = sparsity;
  }
  return best;
}

Sparsity sparsity_of(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv) {
  const ConvProblem problem = conv_problem(graph, conv);
  Sparsity all;
  bool first = true;
  for (std::int64_t group = 0; group < problem.groups; ++group) {
    const Sparsity one = sparsity_of(machine, graph, conv, problem, {group, 0, problem.group_out});
    if (first || all < one) all = one;
    first = false;
    if (all.dense()) break;
  }
  return all;
}

}  // namespace systolith
