// A small convolutional network for 8x8 digits: two normalised convolutions and a classifier.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class DigitsCnn final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override {
    return with_common({{"classes", 10, "outputs"},
                        {"size", 8, "height and width of the image", 4, 8192},
                        {"width", 16, "channels of the first convolution; the second has twice"}});
  }

  Graph build(const ZooArguments& arguments) const override {
    Network network("digits_cnn", arguments);
    const std::int64_t width = arguments["width"];
    Feature x = network.image(1, arguments["size"], arguments["size"]);
    x = network.relu("relu1",
                     network.batch_norm("bn1", network.conv("conv1", x, {width, 3, 1, 1})));
    x = network.max_pool("pool1", x, {2, 2});
    x = network.relu("relu2",
                     network.batch_norm("bn2", network.conv("conv2", x, {2 * width, 3, 1, 1})));
    x = network.max_pool("pool2", x, {2, 2});
    x = network.flatten("flatten", x);
    x = network.linear("classifier", x, arguments["classes"], Bias::classes);
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> digits_cnn = {
    "digits_cnn", "Two normalised 3x3 convolutions for 8x8 digits, 6,138 weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<DigitsCnn>(); }};

}  // namespace systolith
