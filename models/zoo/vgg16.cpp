// VGG-16 (Simonyan, Zisserman 2014), configuration D as torchvision builds it.
#include <array>

#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

struct Stage {
  std::int64_t channels;
  int convs;
};
constexpr std::array kStages = {Stage{64, 2}, Stage{128, 2}, Stage{256, 3}, Stage{512, 3},
                                Stage{512, 3}};

std::string feature(int layer) { return fmt::format("features.{}", layer); }

class Vgg16 final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }

  Graph build(const ZooArguments& arguments) const override {
    Network network("vgg16", arguments);
    Feature x = network.image(3, arguments["size"], arguments["size"]);
    int layer = 0;  // torchvision counts convolutions, rectifiers and pools alike
    for (const auto& [channels, convs] : kStages) {
      for (int i = 0; i < convs; ++i, layer += 2) {
        x = network.conv(feature(layer), x, {channels, 3, 1, 1, 1, Bias::centred});
        x = network.relu(feature(layer + 1), x);
      }
      x = network.max_pool(feature(layer++), x, {2, 2});
    }
    // At 224 torchvision's adaptive pool to 7x7 does nothing; at other sizes the first linear layer
    // takes what is there.
    x = network.flatten("flatten", x);
    x = network.relu("classifier.1", network.linear("classifier.0", x, 4096));
    x = network.relu("classifier.4", network.linear("classifier.3", x, 4096));
    x = network.linear("classifier.6", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> vgg16 = {
    "vgg16", "VGG-16, 138.4 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Vgg16>(); }};

}  // namespace systolith
