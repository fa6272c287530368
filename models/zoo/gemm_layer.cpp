// One matrix product, for looking at the array.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class GemmLayer final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override {
    return with_common({{"m", 512, "rows of activations (for each input of the batch)"},
                        {"k", 512, "contraction"},
                        {"n", 512, "columns of weights"}});
  }

  Graph build(const ZooArguments& arguments) const override {
    Network network("gemm", arguments);
    Feature x = network.vector(arguments["k"], arguments["m"]);
    x = network.mat_mul("gemm", x, arguments["n"]);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> gemm_layer = {
    "gemm", "One matrix product: m x k activations times k x n weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<GemmLayer>(); }};

}  // namespace systolith
