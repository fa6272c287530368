// How close a simulated output is to the fp32 network's.
#pragma once

#include "models/graph/graph.h"

namespace systolith::cli {

struct Agreement {
  double cosine = 0;         // of the two outputs as vectors; 1 where both are zero
  std::int64_t top1 = 0;     // batch entries whose largest element is in the same place
  std::int64_t entries = 0;  // extent of the first dimension (1 for a scalar)
};

// Requires: equal shapes.
Agreement compare(const Tensor& simulated, const Tensor& reference);

}  // namespace systolith::cli
