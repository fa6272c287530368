#include <algorithm>

#include "models/ops/global_pool.h"

namespace systolith {
namespace {

struct GlobalMaxPool {
  float operator()(const float* plane, std::int64_t count) const {
    return *std::max_element(plane, plane + count);
  }
};

}  // namespace

extern const Registration<Op> global_max_pool = {
    "GlobalMaxPool", "Largest value of each channel.",
    []() -> std::unique_ptr<Op> { return std::make_unique<GlobalPoolOp<GlobalMaxPool>>(); }};

}  // namespace systolith
