// LeNet-5 (LeCun et al. 1998) with rectifiers and maximum pools.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class Lenet final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override {
    return with_common(
        {{"classes", 10, "outputs"}, {"size", 28, "height and width of the image", 1, 8192}});
  }

  Graph build(const ZooArguments& arguments) const override {
    Network network("lenet", arguments);
    Feature x = network.image(1, arguments["size"], arguments["size"]);
    x = network.relu("relu1", network.conv("conv1", x, {6, 5, 1, 2, 1, Bias::centred}));
    x = network.max_pool("pool1", x, {2, 2});
    x = network.relu("relu2", network.conv("conv2", x, {16, 5, 1, 0, 1, Bias::centred}));
    x = network.max_pool("pool2", x, {2, 2});
    x = network.flatten("flatten", x);
    x = network.relu("relu3", network.linear("fc1", x, 120));
    x = network.relu("relu4", network.linear("fc2", x, 84));
    x = network.linear("fc3", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> lenet = {
    "lenet", "LeNet-5 for 28x28 digits, 61,706 weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Lenet>(); }};

}  // namespace systolith
