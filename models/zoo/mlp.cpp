// A multilayer perceptron: depth hidden layers of equal width.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class Mlp final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override {
    return with_common({{"classes", 10, "outputs"},
                        {"in", 784, "inputs"},
                        {"hidden", 256, "width of a hidden layer"},
                        {"depth", 2, "hidden layers", 0, 1000}});
  }

  Graph build(const ZooArguments& arguments) const override {
    Network network("mlp", arguments);
    Feature x = network.vector(arguments["in"]);
    for (std::int64_t i = 1; i <= arguments["depth"]; ++i)
      x = network.relu(fmt::format("relu{}", i),
                       network.linear(fmt::format("fc{}", i), x, arguments["hidden"]));
    x = network.linear("classifier", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> mlp = {
    "mlp", "Multilayer perceptron: linear layers with rectifiers between them.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Mlp>(); }};

}  // namespace systolith
