// MobileNetV2 (Sandler et al. 2018) as torchvision builds it.
#include <array>

#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

struct Stage {
  std::int64_t expansion, channels;
  int blocks;
  std::int64_t stride;  // of the first block
};
constexpr std::array kStages = {Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2}, Stage{6, 32, 3, 2},
                                Stage{6, 64, 4, 2}, Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2},
                                Stage{6, 320, 1, 1}};

Feature conv_norm_relu(Network& network, const std::string& name, const Feature& x,
                       const ConvShape& shape) {
  const Feature y = network.batch_norm(name + ".1", network.conv(name + ".0", x, shape));
  return network.relu6(name + ".2", y);
}

// Expand by 1x1, filter each channel by 3x3, project by 1x1; around it a shortcut where it fits.
Feature inverted_residual(Network& network, const std::string& name, const Feature& x,
                          const Stage& stage, std::int64_t stride) {
  const std::int64_t wide = x.channels * stage.expansion;
  int part = 0;
  const auto next = [&] { return fmt::format("{}.{}", name, part++); };
  Feature y = x;
  if (stage.expansion != 1) y = conv_norm_relu(network, next(), y, {wide, 1});
  y = conv_norm_relu(network, next(), y, {wide, 3, stride, 1, wide});
  y = network.conv(next(), y, {stage.channels, 1});
  const bool shortcut = stride == 1 && x.channels == y.channels;
  y = network.batch_norm(next(), y, {shortcut ? 0.25F : 1.0F, 0});
  return shortcut ? network.add(name + ".add", x, y) : y;
}

class MobilenetV2 final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }

  Graph build(const ZooArguments& arguments) const override {
    Network network("mobilenet_v2", arguments);
    Feature x = network.image(3, arguments["size"], arguments["size"]);
    x = conv_norm_relu(network, "features.0", x, {32, 3, 2, 1});
    int layer = 1;
    for (const Stage& stage : kStages)
      for (int block = 0; block < stage.blocks; ++block)
        x = inverted_residual(network, fmt::format("features.{}.conv", layer++), x, stage,
                              block == 0 ? stage.stride : 1);
    x = conv_norm_relu(network, fmt::format("features.{}", layer), x, {1280, 1});
    x = network.global_average_pool("avgpool", x);
    x = network.flatten("flatten", x);
    x = network.linear("classifier.1", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> mobilenet_v2 = {
    "mobilenet_v2", "MobileNetV2, 3.5 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<MobilenetV2>(); }};

}  // namespace systolith
