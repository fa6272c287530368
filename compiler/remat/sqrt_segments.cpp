#include <algorithm>
#include <cmath>

#include "compiler/remat/liveness.h"
#include "compiler/remat/remat_policy.h"

namespace systolith {
namespace {

// Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016): n nodes in about sqrt(n)
// segments of about sqrt(n) nodes. Each cut lies where the fewest bytes cross, at most half a
// segment from its even place (the earliest of equals): between blocks rather than inside one.
class SqrtSegments : public RematPolicy {
 public:
  std::vector<std::size_t> segments(const Graph& graph, std::size_t forward_nodes) const override {
    const std::vector<Bytes> crossing = crossing_bytes(graph, forward_nodes);
    const auto count =
        static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(forward_nodes))));
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 1; i < count; ++i) {
      const std::size_t begin =
          std::max((2 * i - 1) * forward_nodes / (2 * count), starts.back()) + 1;
      const std::size_t end =
          std::min((2 * i + 1) * forward_nodes / (2 * count) + 1, forward_nodes);
      if (begin >= end) continue;
      const auto first = crossing.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = crossing.begin() + static_cast<std::ptrdiff_t>(end);
      starts.push_back(static_cast<std::size_t>(std::min_element(first, last) - crossing.begin()));
    }
    return starts;
  }
};

}  // namespace

extern const Registration<RematPolicy> sqrt_segments = {
    "sqrt", "About sqrt(n) segments of n forward nodes; inside them activations are recomputed.",
    []() -> std::unique_ptr<RematPolicy> { return std::make_unique<SqrtSegments>(); }};

}  // namespace systolith
