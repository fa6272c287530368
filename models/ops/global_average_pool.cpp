#include <numeric>

#include "models/ops/global_pool.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

struct GlobalAveragePool {
  float operator()(const float* plane, std::int64_t count) const {
    return static_cast<float>(std::accumulate(plane, plane + count, 0.0) /
                              static_cast<double>(count));
  }
};

class GlobalAveragePoolOp : public GlobalPoolOp<GlobalAveragePool> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    Shape pixels = context.shape(0);
    pixels[0] = pixels[1] = 1;
    const auto count = static_cast<std::size_t>(elements(pixels));
    const std::vector<float> share(count, 1.0F / static_cast<float>(count));
    const std::string factor =
        context.append.constant("share", {DataType::float32, pixels, share, {}});
    return {context.append.node("Mul", {context.arriving(), factor})};
  }
};

}  // namespace

extern const Registration<Op> global_average_pool = {
    "GlobalAveragePool", "Mean of each channel.",
    []() -> std::unique_ptr<Op> { return std::make_unique<GlobalAveragePoolOp>(); }};

}  // namespace systolith
