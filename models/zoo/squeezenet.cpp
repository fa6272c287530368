// SqueezeNet 1.1 (Iandola et al. 2016) as torchvision builds it.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

constexpr PoolShape kPool{3, 2, 0, true};

// Squeezes to few channels, then expands by 1x1 and by 3x3 kernels side by side.
Feature fire(Network& network, const std::string& name, const Feature& x, std::int64_t squeezed,
             std::int64_t expanded) {
  const auto layer = [&](const std::string& part, const Feature& from, const ConvShape& shape) {
    const std::string path = name + "." + part;
    return network.relu(path + "_activation", network.conv(path, from, shape));
  };
  const Feature y = layer("squeeze", x, {squeezed, 1, 1, 0, 1, Bias::centred});
  return network.concat(name + ".concat",
                        layer("expand1x1", y, {expanded, 1, 1, 0, 1, Bias::centred}),
                        layer("expand3x3", y, {expanded, 3, 1, 1, 1, Bias::centred}));
}

class Squeezenet final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }

  Graph build(const ZooArguments& arguments) const override {
    Network network("squeezenet", arguments);
    Feature x = network.image(3, arguments["size"], arguments["size"]);
    x = network.relu("features.1", network.conv("features.0", x, {64, 3, 2, 0, 1, Bias::centred}));
    x = network.max_pool("features.2", x, kPool);
    x = fire(network, "features.3", x, 16, 64);
    x = fire(network, "features.4", x, 16, 64);
    x = network.max_pool("features.5", x, kPool);
    x = fire(network, "features.6", x, 32, 128);
    x = fire(network, "features.7", x, 32, 128);
    x = network.max_pool("features.8", x, kPool);
    x = fire(network, "features.9", x, 48, 192);
    x = fire(network, "features.10", x, 48, 192);
    x = fire(network, "features.11", x, 64, 256);
    x = fire(network, "features.12", x, 64, 256);
    x = network.conv("classifier.1", x, {arguments["classes"], 1, 1, 0, 1, Bias::classes});
    x = network.relu("classifier.2", x);
    x = network.global_average_pool("classifier.3", x);
    x = network.flatten("flatten", x);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> squeezenet = {
    "squeezenet", "SqueezeNet 1.1, 1.2 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Squeezenet>(); }};

}  // namespace systolith
