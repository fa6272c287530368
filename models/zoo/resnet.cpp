#include "models/zoo/resnet.h"

#include "models/zoo/network.h"

namespace systolith {
namespace {

// A residual branch's last normalisation: with a small gain the shortcuts carry most of the signal,
// as in trained networks.
constexpr NormShape kBranch{0.25F, 0};

class ResnetBuilder {
 public:
  ResnetBuilder(const std::string& model, const ResnetShape& shape, const ZooArguments& arguments)
      : shape_(shape), arguments_(arguments), network_(model, arguments) {}

  Graph build() && {
    const std::int64_t size = arguments_["size"];
    Feature x = network_.image(3, size, size);
    x = conv_norm("", "1", x, {64, 7, 2, 3});
    x = network_.relu("relu", x);
    x = network_.max_pool("maxpool", x, {3, 2, 1});
    for (std::size_t stage = 0; stage < shape_.blocks.size(); ++stage)
      for (int block = 0; block < shape_.blocks[stage]; ++block)
        x = add_block(fmt::format("layer{}.{}.", stage + 1, block), x, std::int64_t{64} << stage,
                      stage > 0 && block == 0 ? 2 : 1);
    x = network_.global_average_pool("avgpool", x);
    x = network_.flatten("flatten", x);
    x = network_.linear("fc", x, arguments_["classes"], Bias::classes);
    return std::move(network_).finish(x);
  }

 private:
  Feature conv_norm(const std::string& prefix, const std::string& number, const Feature& x,
                    const ConvShape& shape, const NormShape& norm = {}) {
    return network_.batch_norm(prefix + "bn" + number,
                               network_.conv(prefix + "conv" + number, x, shape), norm);
  }

  Feature branch(const std::string& prefix, const Feature& x, std::int64_t channels,
                 std::int64_t stride) {
    if (!shape_.bottleneck) {
      Feature y =
          network_.relu(prefix + "relu1", conv_norm(prefix, "1", x, {channels, 3, stride, 1}));
      return conv_norm(prefix, "2", y, {channels, 3, 1, 1}, kBranch);
    }
    Feature y = network_.relu(prefix + "relu1", conv_norm(prefix, "1", x, {channels, 1}));
    y = network_.relu(prefix + "relu2", conv_norm(prefix, "2", y, {channels, 3, stride, 1}));
    return conv_norm(prefix, "3", y, {4 * channels, 1}, kBranch);
  }

  Feature add_block(const std::string& prefix, const Feature& x, std::int64_t channels,
                    std::int64_t stride) {
    const Feature y = branch(prefix, x, channels, stride);
    Feature shortcut = x;
    if (stride != 1 || x.channels != y.channels) {
      shortcut = network_.conv(prefix + "downsample.0", x, {y.channels, 1, stride});
      shortcut = network_.batch_norm(prefix + "downsample.1", shortcut);
    }
    return network_.relu(prefix + "relu", network_.add(prefix + "add", y, shortcut));
  }

  const ResnetShape& shape_;
  const ZooArguments& arguments_;
  Network network_;
};

}  // namespace

Graph build_resnet(const std::string& model, const ResnetShape& shape,
                   const ZooArguments& arguments) {
  return ResnetBuilder(model, shape, arguments).build();
}

}  // namespace systolith
