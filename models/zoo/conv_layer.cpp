// One convolution, for looking at the array.
#include "models/zoo/network.h"
#include "models/zoo/parameters.h"

namespace systolith {
namespace {

class ConvLayer final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override {
    return with_common({{"in", 64, "input channels"},
                        {"out", 64, "output channels"},
                        {"size", 56, "height and width of the input", 1, 8192},
                        {"kernel", 3, "height and width of the kernel", 1, 255},
                        {"stride", 1, "step of the kernel", 1, 255},
                        {"groups", 1, "groups of channels"}});
  }

  Graph build(const ZooArguments& arguments) const override {
    Network network("conv", arguments);
    const std::int64_t kernel = arguments["kernel"], groups = arguments["groups"];
    if (arguments["in"] % groups != 0 || arguments["out"] % groups != 0)
      user_error("zoo model 'conv': groups={} must divide in={} and out={}", groups,
                 arguments["in"], arguments["out"]);
    Feature x = network.image(arguments["in"], arguments["size"], arguments["size"]);
    x = network.conv(
        "conv", x,
        {arguments["out"], kernel, arguments["stride"], kernel / 2, groups, Bias::centred});
    return std::move(network).finish(x);
  }
};

}  // namespace

extern const Registration<ZooModel> conv_layer = {
    "conv", "One convolution; padded to keep the size at stride 1 and odd kernels.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<ConvLayer>(); }};

}  // namespace systolith
