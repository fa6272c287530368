// AlexNet as torchvision builds it (Krizhevsky, One weird trick, 2014).
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class Alexnet final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }

  Graph build(const ZooArguments& arguments) const override {
    Network network("alexnet", arguments);
    Feature x = network.image(3, arguments["size"], arguments["size"]);
    x = network.relu("features.1", network.conv("features.0", x, {64, 11, 4, 2, 1, Bias::centred}));
    x = network.max_pool("features.2", x, {3, 2});
    x = network.relu("features.4", network.conv("features.3", x, {192, 5, 1, 2, 1, Bias::centred}));
    x = network.max_pool("features.5", x, {3, 2});
    x = network.relu("features.7", network.conv("features.6", x, {384, 3, 1, 1, 1, Bias::centred}));
    x = network.relu("features.9", network.conv("features.8", x, {256, 3, 1, 1, 1, Bias::centred}));
    x = network.relu("features.11",
                     network.conv("features.10", x, {256, 3, 1, 1, 1, Bias::centred}));
    x = network.max_pool("features.12", x, {3, 2});
    // At 224 torchvision's adaptive pool to 6x6 does nothing; at other sizes the first linear layer
    // takes what is there.
    x = network.flatten("flatten", x);
    x = network.relu("classifier.2", network.linear("classifier.1", x, 4096));
    x = network.relu("classifier.5", network.linear("classifier.4", x, 4096));
    x = network.linear("classifier.6", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> alexnet = {
    "alexnet", "AlexNet, 61.1 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Alexnet>(); }};

}  // namespace systolith
