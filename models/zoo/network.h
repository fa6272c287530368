// Builds a network's graph layer by layer. Weights are seeded; normalisations and biases centre
// every layer on what its inputs are expected to be, so that activations keep their range through
// any depth and outputs depend on inputs.
#pragma once

#include <string>

#include "models/zoo/moments.h"
#include "models/zoo/zoo.h"

namespace systolith {

// A value on its way through the network: NCHW, or [n, c] with height = width = 1.
struct Feature {
  std::string value;
  std::int64_t channels = 0, height = 1, width = 1;
  ChannelMoments moments;  // per channel
};

// The mean of what goes into a rectifier, in deviations. At 0 every rectifier would multiply the
// noise-to-signal ratio by sqrt(p(0) / (1/2 - 1/(2 pi))) = 1.21, and a deep network would drown in
// the errors of quantisation, which trained ones don't; at 1 it is sqrt(0.84 / 0.75) = 1.06.
inline constexpr float kRectified = 1;

// What a layer adds to its sums.
enum class Bias {
  none,     // a normalisation follows
  centred,  // a rectifier follows: the means become about kRectified
  classes,  // next to nothing, and outputs differ in strength: a few lead clearly, as in a trained
            // network's last layer, so that the largest is not a matter of rounding
};

struct ConvShape {
  std::int64_t channels = 0;  // of the output
  std::int64_t kernel = 1, stride = 1, padding = 0, groups = 1;
  Bias bias = Bias::none;
};

// The result's deviation and mean.
struct NormShape {
  float gain = 1;
  float shift = kRectified;
};

struct PoolShape {
  std::int64_t kernel = 2, stride = 2, padding = 0;
  bool ceil = false;
};

struct Extent2d {
  std::int64_t height = 0, width = 0;
};

// Each layer is a node of that name whose output has the same name; its weights are called as in
// PyTorch ("conv1.weight", "bn1.running_mean").
class Network {
 public:
  // UserError where the input is too small for a layer: the messages begin with `model`.
  Network(std::string model, const ZooArguments& arguments);

  Feature image(std::int64_t channels, std::int64_t height, std::int64_t width);
  Feature vector(std::int64_t elements, std::int64_t rows = 1);  // [batch * rows, elements]

  Feature conv(const std::string& name, const Feature& x, const ConvShape& shape);
  Feature batch_norm(const std::string& name, const Feature& x, const NormShape& shape = {});
  Feature relu(const std::string& name, const Feature& x);
  Feature relu6(const std::string& name, const Feature& x);
  Feature max_pool(const std::string& name, const Feature& x, const PoolShape& shape);
  Feature global_average_pool(const std::string& name, const Feature& x);
  Feature flatten(const std::string& name, const Feature& x);
  Feature add(const std::string& name, const Feature& a, const Feature& b);
  Feature concat(const std::string& name, const Feature& a, const Feature& b);
  Feature linear(const std::string& name, const Feature& x, std::int64_t outputs,
                 Bias bias = Bias::centred);
  // [rows, k] times a constant [k, outputs].
  Feature mat_mul(const std::string& name, const Feature& x, std::int64_t outputs);

  // The graph, with `x` as its only output, called "output".
  Graph finish(const Feature& x) &&;

 private:
  Feature input(Shape extents, Feature x);
  // Output height and width of a layer with that window.
  Extent2d window(const std::string& name, const Feature& x, const PoolShape& shape) const;
  Node& append(const std::string& name, const std::string& op, std::vector<std::string> inputs);
  void constant(const std::string& name, Shape shape, std::vector<float> values);

  std::string model_;
  std::uint64_t seed_;
  std::int64_t batch_;
  Graph graph_;
};

}  // namespace systolith
