#include "compiler/quantize/prune.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace systolith {
namespace {

// m weights `stride` apart.
void prune_group(float* first, std::int64_t stride, Sparsity sparsity) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(sparsity.m));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::fabs(first[a * stride]) > std::fabs(first[b * stride]);
  });
  for (auto place = order.begin() + sparsity.n; place != order.end(); ++place)
    first[*place * stride] = 0;
}

void prune_weights(Tensor& weights, Sparsity sparsity) {
  const std::int64_t channels = weights.shape[1], taps = weights.shape[2] * weights.shape[3];
  for (std::int64_t k = 0; k < weights.shape[0]; ++k)
    for (std::int64_t c = 0; c < channels; c += sparsity.m)
      for (std::int64_t tap = 0; tap < taps; ++tap)
        prune_group(weights.floats.data() + (k * channels + c) * taps + tap, taps, sparsity);
}

}  // namespace

Graph prune(Graph graph, Sparsity sparsity) {
  for (const Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    const auto weights = graph.constants.find(node.inputs[1]);
    if (weights == graph.constants.end() || weights->second.shape[1] % sparsity.m != 0) continue;
    prune_weights(weights->second, sparsity);
  }
  return graph;
}

}  // namespace systolith
