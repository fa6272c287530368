#include <numeric>

#include "models/ops/global_pool.h"

namespace systolith {
namespace {

struct GlobalAveragePool {
  float operator()(const float* plane, std::int64_t count) const {
    return static_cast<float>(std::accumulate(plane, plane + count, 0.0) /
                              static_cast<double>(count));
  }
};

}  // namespace

extern const Registration<Op> global_average_pool = {
    "GlobalAveragePool", "Mean of each channel.",
    []() -> std::unique_ptr<Op> { return std::make_unique<GlobalPoolOp<GlobalAveragePool>>(); }};

}  // namespace systolith
