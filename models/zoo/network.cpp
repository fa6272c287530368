#include "models/zoo/network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "hw/base/units.h"
#include "models/zoo/weights.h"

namespace systolith {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr float kEpsilon = 1e-5F;  // BatchNormalization's default

std::size_t count(std::int64_t n) { return static_cast<std::size_t>(n); }

// Draws a layer's weights and, where it has one, the bias that goes with them.
struct Layer {
  Filters filters;
  std::vector<float> bias;
};

void centre(Random random, Layer& layer) {
  for (Moments& result : layer.filters.results) {
    const float mean = kRectified + random.normal(0.1F);
    layer.bias.push_back(mean - result.mean);
    result.mean = mean;
  }
}

// Strengths have a Pareto distribution of exponent 2, cut off at 30 times the weakest. One class is
// favoured by a bias that the strongest of the others seldom reach: a trained network, too, gives
// one class to whatever noise it is shown, and by a margin.
void spread(Random random, Layer& layer) {
  constexpr float kStrongest = 30, kReach = 4, kMargin = 1.5F;
  const std::size_t classes = layer.filters.results.size();
  const std::size_t row = layer.filters.values.size() / classes;
  float* weight = layer.filters.values.data();
  float reach = 0;
  for (Moments& result : layer.filters.results) {
    const float strength = 1 / std::sqrt(random.uniform() + 1 / (kStrongest * kStrongest));
    for (std::size_t i = 0; i < row; ++i) *weight++ *= strength;
    layer.bias.push_back(random.normal(0.1F));
    result = {strength * result.mean + layer.bias.back(), strength * strength * result.variance};
    reach = std::max(reach, std::abs(result.mean) + kReach * std::sqrt(result.variance));
  }
  const auto favoured = static_cast<std::size_t>(random.uniform() * static_cast<float>(classes));
  const float favour = kMargin * reach;
  layer.bias[favoured] += favour;
  layer.filters.results[favoured].mean += favour;
}

Layer draw_layer(std::uint64_t seed, const std::string& name, const ChannelMoments& inputs,
                 const FilterShape& shape, Bias bias) {
  const float deviation =
      bias == Bias::centred ? unit_deviation(inputs, shape) : he_deviation(inputs, shape);
  Layer layer{draw_filters(Random(seed, name + ".weight"), inputs, shape, deviation), {}};
  if (bias == Bias::centred) centre(Random(seed, name + ".bias"), layer);
  if (bias == Bias::classes) spread(Random(seed, name + ".bias"), layer);
  return layer;
}

// Of every row (or column) of a kernel: the share of steps at which it is inside the input.
std::vector<float> inside(std::int64_t extent, std::int64_t steps, const ConvShape& shape) {
  std::vector<float> shares;
  for (std::int64_t tap = 0; tap < shape.kernel; ++tap) {
    std::int64_t hits = 0;
    for (std::int64_t step = 0; step < steps; ++step) {
      const std::int64_t at = step * shape.stride + tap - shape.padding;
      hits += at >= 0 && at < extent;
    }
    shares.push_back(static_cast<float>(hits) / static_cast<float>(steps));
  }
  return shares;
}

std::vector<float> presence(const Feature& x, const ConvShape& shape, const Extent2d& size) {
  const std::vector<float> columns = inside(x.width, size.width, shape);
  std::vector<float> shares;
  for (const float row : inside(x.height, size.height, shape))
    for (const float column : columns) shares.push_back(row * column);
  return shares;
}

template <class Rule>
Feature each_channel(Feature x, std::string value, Rule rule) {
  x.value = std::move(value);
  for (Moments& channel : x.moments) channel = rule(channel);
  return x;
}

}  // namespace

Network::Network(std::string model, const ZooArguments& arguments)
    : model_(std::move(model)),
      seed_(static_cast<std::uint64_t>(arguments["seed"])),
      batch_(arguments["batch"]) {}

Node& Network::append(const std::string& name, const std::string& op,
                      std::vector<std::string> inputs) {
  return graph_.nodes.emplace_back(Node{name, op, std::move(inputs), {name}, {}});
}

void Network::constant(const std::string& name, Shape shape, std::vector<float> values) {
  graph_.constants[name] = {DataType::float32, std::move(shape), std::move(values), {}};
}

Feature Network::input(Shape extents, Feature x) {
  extents.front() *= batch_;
  x.value = "input";
  x.moments.resize(count(x.channels));
  graph_.inputs.push_back({x.value, DataType::float32, std::move(extents)});
  return x;
}

Feature Network::image(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return input({1, channels, height, width}, {"", channels, height, width, {}});
}

Feature Network::vector(std::int64_t elements, std::int64_t rows) {
  return input({rows, elements}, {"", elements, 1, 1, {}});
}

Extent2d Network::window(const std::string& name, const Feature& x, const PoolShape& shape) const {
  const auto steps = [&](std::int64_t extent) {
    const std::int64_t room = extent + 2 * shape.padding - shape.kernel;
    if (room < 0)
      user_error(
          "zoo model '{}': the input is too small: layer '{}' has a window of {}x{} on an "
          "input of {}x{}",
          model_, name, shape.kernel, shape.kernel, x.height, x.width);
    return (shape.ceil ? ceil_div(room, shape.stride) : room / shape.stride) + 1;
  };
  return {steps(x.height), steps(x.width)};
}

Feature Network::conv(const std::string& name, const Feature& x, const ConvShape& shape) {
  const Extent2d size = window(name, x, {shape.kernel, shape.stride, shape.padding, false});
  const FilterShape filter{shape.channels, shape.groups, presence(x, shape, size)};
  Layer layer = draw_layer(seed_, name, x.moments, filter, shape.bias);
  constant(name + ".weight",
           {shape.channels, x.channels / shape.groups, shape.kernel, shape.kernel},
           std::move(layer.filters.values));
  std::vector<std::string> inputs{x.value, name + ".weight"};
  if (shape.bias != Bias::none) {
    constant(name + ".bias", {shape.channels}, std::move(layer.bias));
    inputs.push_back(name + ".bias");
  }
  Node& node = append(name, "Conv", std::move(inputs));
  node.attributes = {{"kernel_shape", Integers{shape.kernel, shape.kernel}},
                     {"strides", Integers{shape.stride, shape.stride}},
                     {"pads", Integers(4, shape.padding)},
                     {"dilations", Integers{1, 1}},
                     {"group", shape.groups}};
  return {name, shape.channels, size.height, size.width, std::move(layer.filters.results)};
}

Feature Network::batch_norm(const std::string& name, const Feature& x, const NormShape& shape) {
  Random random(seed_, name);
  std::vector<float> scale, shift, mean, variance;
  Feature y = each_channel(x, name, [&](const Moments& channel) {
    scale.push_back(shape.gain * (1 + random.normal(0.1F)));
    shift.push_back(shape.shift + random.normal(0.1F));
    mean.push_back(channel.mean + random.normal(0.1F) * std::sqrt(channel.variance));
    variance.push_back(channel.variance * (1 + random.normal(0.05F)));
    const float slope = scale.back() / std::sqrt(variance.back() + kEpsilon);
    return Moments{shift.back() + slope * (channel.mean - mean.back()),
                   slope * slope * channel.variance};
  });
  const std::vector<std::string> inputs{x.value, name + ".weight", name + ".bias",
                                        name + ".running_mean", name + ".running_var"};
  constant(inputs[1], {x.channels}, std::move(scale));
  constant(inputs[2], {x.channels}, std::move(shift));
  constant(inputs[3], {x.channels}, std::move(mean));
  constant(inputs[4], {x.channels}, std::move(variance));
  append(name, "BatchNormalization", inputs).attributes = {{"epsilon", kEpsilon}};
  return y;
}

Feature Network::relu(const std::string& name, const Feature& x) {
  append(name, "Relu", {x.value});
  return each_channel(x, name, rectified);
}

Feature Network::relu6(const std::string& name, const Feature& x) {
  constant("relu6.low", {}, {0});
  constant("relu6.high", {}, {6});
  append(name, "Clip", {x.value, "relu6.low", "relu6.high"});
  return each_channel(x, name, rectified);  // 6 is six deviations away
}

Feature Network::max_pool(const std::string& name, const Feature& x, const PoolShape& shape) {
  const Extent2d size = window(name, x, shape);
  Node& node = append(name, "MaxPool", {x.value});
  node.attributes = {{"kernel_shape", Integers{shape.kernel, shape.kernel}},
                     {"strides", Integers{shape.stride, shape.stride}},
                     {"pads", Integers(4, shape.padding)},
                     {"ceil_mode", std::int64_t{shape.ceil}}};
  Feature y = each_channel(
      x, name, [&](const Moments& channel) { return maximum(channel, shape.kernel > 2); });
  y.height = size.height;
  y.width = size.width;
  return y;
}

Feature Network::global_average_pool(const std::string& name, const Feature& x) {
  append(name, "GlobalAveragePool", {x.value});
  const auto positions = static_cast<float>(x.height * x.width);
  Feature y = each_channel(x, name, [&](const Moments& channel) {
    return Moments{channel.mean, channel.variance / positions};
  });
  y.height = y.width = 1;
  return y;
}

Feature Network::flatten(const std::string& name, const Feature& x) {
  append(name, "Flatten", {x.value}).attributes = {{"axis", std::int64_t{1}}};
  const std::int64_t positions = x.height * x.width;
  Feature y{name, x.channels * positions, 1, 1, {}};
  for (const Moments& channel : x.moments)
    y.moments.insert(y.moments.end(), count(positions), channel);
  return y;
}

Feature Network::add(const std::string& name, const Feature& a, const Feature& b) {
  append(name, "Add", {a.value, b.value});
  auto other = b.moments.begin();
  return each_channel(a, name, [&](const Moments& channel) { return sum(channel, *other++); });
}

Feature Network::concat(const std::string& name, const Feature& a, const Feature& b) {
  append(name, "Concat", {a.value, b.value}).attributes = {{"axis", std::int64_t{1}}};
  Feature y = a;
  y.value = name;
  y.channels += b.channels;
  y.moments.insert(y.moments.end(), b.moments.begin(), b.moments.end());
  return y;
}

Feature Network::linear(const std::string& name, const Feature& x, std::int64_t outputs,
                        Bias bias) {
  Layer layer = draw_layer(seed_, name, x.moments, {outputs}, bias);
  constant(name + ".weight", {outputs, x.channels}, std::move(layer.filters.values));
  constant(name + ".bias", {outputs}, std::move(layer.bias));
  append(name, "Gemm", {x.value, name + ".weight", name + ".bias"}).attributes = {
      {"transB", std::int64_t{1}}};
  return {name, outputs, 1, 1, std::move(layer.filters.results)};
}

Feature Network::mat_mul(const std::string& name, const Feature& x, std::int64_t outputs) {
  const std::string weight = name + ".weight";
  // Drawn as [outputs, k]: independent values, so that [k, outputs] is as good.
  Filters filters = draw_filters(Random(seed_, weight), x.moments, {outputs},
                                 unit_deviation(x.moments, {outputs}));
  constant(weight, {x.channels, outputs}, std::move(filters.values));
  append(name, "MatMul", {x.value, weight});
  return {name, outputs, 1, 1, std::move(filters.results)};
}

Graph Network::finish(const Feature& x) && {
  SYSTOLITH_CHECK(graph_.nodes.back().outputs.front() == x.value, "'{}' is not last", x.value);
  graph_.nodes.back().outputs.front() = "output";
  graph_.outputs = {"output"};
  return std::move(graph_);
}

}  // namespace systolith
