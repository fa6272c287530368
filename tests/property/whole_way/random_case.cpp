#include "tests/property/whole_way/random_case.h"

#include <fmt/format.h>

#include <algorithm>

namespace systolith::testing {
namespace {

Tensor random_tensor(Draw& draw, Shape shape, float scale) {
  Tensor tensor{DataType::float32, std::move(shape), {}, {}};
  tensor.floats.resize(static_cast<std::size_t>(elements(tensor.shape)));
  for (float& x : tensor.floats) x = scale * draw.real();
  return tensor;
}

// Appends nodes to a graph, keeping track of the running value and its shape.
constexpr std::int64_t kMostChannels = 200;

class Chain {
 public:
  Chain(Draw& draw, Shape shape) : draw_(draw), shape_(std::move(shape)) {
    graph_.name = "random";
    graph_.inputs.push_back({"x", DataType::float32, shape_});
  }

  void convolution() {
    const std::int64_t groups = groups_of(shape_[1]);
    // Not too wide: the cases' worth is in their variety, not in their size.
    const std::int64_t most = std::max<std::int64_t>(kMostChannels / groups, 1);
    const std::int64_t out = groups * std::min(draw_.between(1, draw_.one_in(3) ? 40 : 6), most);
    const std::int64_t kernel_h = draw_.between(1, 4), kernel_w = draw_.between(1, 4);
    const std::int64_t dilation = draw_.between(1, 2);
    Node node = make("Conv", {current_});
    node.inputs.push_back(
        constant(node.name + "_w", {out, shape_[1] / groups, kernel_h, kernel_w}, 0.3F));
    if (!draw_.one_in(3)) node.inputs.push_back(constant(node.name + "_b", {out}, 0.5F));
    using Ints = std::vector<std::int64_t>;
    const Ints reach = {dilation * (kernel_h - 1), dilation * (kernel_w - 1)};
    // Pads big enough that the window fits, and sometimes a good deal bigger.
    const Ints pads = {pad(reach[0], shape_[2]), pad(reach[1], shape_[3]), draw_.between(0, 2),
                       draw_.between(0, 2)};
    const Ints strides = {draw_.between(1, 3), draw_.between(1, 3)};
    node.attributes = {{"kernel_shape", Ints{kernel_h, kernel_w}},
                       {"dilations", Ints{dilation, dilation}},
                       {"strides", strides},
                       {"pads", pads},
                       {"group", groups}};
    for (std::size_t d = 0; d < 2; ++d)
      shape_[d + 2] = (shape_[d + 2] + pads[d] + pads[d + 2] - reach[d] - 1) / strides[d] + 1;
    shape_[1] = out;
    append(std::move(node));
  }

  void batch_norm() {
    Node node = make("BatchNormalization", {current_});
    for (const char* part : {"scale", "bias", "mean"})
      node.inputs.push_back(constant(node.name + part, {shape_[1]}, 0.7F));
    Tensor variance = random_tensor(draw_, {shape_[1]}, 1);
    for (float& v : variance.floats) v = 0.5F + v * v;
    graph_.constants[node.name + "var"] = variance;
    node.inputs.push_back(node.name + "var");
    append(std::move(node));
  }

  void activation() { append(make("Relu", {current_})); }

  // current = conv1x1(current) + current
  void residual() {
    const std::string skip = current_;
    Node conv = make("Conv", {current_});
    conv.inputs.push_back(constant(conv.name + "_w", {shape_[1], shape_[1], 1, 1}, 0.3F));
    append(std::move(conv));
    append(make("Add", {current_, skip}));
  }

  // Two or three convolutions side by side, of any number of channels.
  void branches() {
    Node concat = make("Concat", {});
    concat.attributes = {{"axis", std::int64_t{1}}};
    const std::string from = current_;
    const std::int64_t channels = shape_[1];
    shape_[1] = 0;
    for (std::int64_t branch = draw_.between(2, 3); branch > 0; --branch) {
      const std::int64_t out = draw_.between(1, 9);
      Node conv = make("Conv", {from});
      conv.inputs.push_back(constant(conv.name + "_w", {out, channels, 1, 1}, 0.3F));
      append(std::move(conv));
      if (draw_.one_in(2)) activation();
      concat.inputs.push_back(current_);
      shape_[1] += out;
    }
    if (draw_.one_in(3)) {
      concat.inputs.push_back(from);
      shape_[1] += channels;
    }
    append(std::move(concat));
  }

  // Some of the channels, in order or backwards.
  void slice() {
    const std::int64_t begin = draw_.between(0, shape_[1] - 1);
    const std::int64_t end = draw_.between(begin + 1, shape_[1]);
    const bool backwards = draw_.one_in(3);
    Node node = make("Slice", {current_});
    const auto parameter = [&](const char* name, std::int64_t value) {
      graph_.constants[node.name + name] = {DataType::int64, {1}, {}, {value}};
      node.inputs.push_back(node.name + name);
    };
    parameter("_starts", backwards ? end - 1 : begin);
    parameter("_ends", backwards ? begin - shape_[1] - 1 : end);
    parameter("_axes", 1);
    parameter("_steps", backwards ? -1 : 1);
    shape_[1] = end - begin;
    append(std::move(node));
  }

  void pool() {
    Node node = make(draw_.one_in(2) ? "MaxPool" : "AveragePool", {current_});
    const std::int64_t kernel = std::min<std::int64_t>({draw_.between(1, 3), shape_[2], shape_[3]});
    const std::int64_t stride = draw_.between(1, 2);
    node.attributes = {{"kernel_shape", std::vector<std::int64_t>{kernel, kernel}},
                       {"strides", std::vector<std::int64_t>{stride, stride}}};
    for (std::size_t d = 2; d < 4; ++d) shape_[d] = (shape_[d] - kernel) / stride + 1;
    append(std::move(node));
  }

  // Around the image, with a value of its own.
  void padding() {
    Node node = make("Pad", {current_});
    Tensor pads{DataType::int64, {8}, {}, {0, 0, 0, 0, 0, 0, 0, 0}};
    for (const std::size_t d : {2U, 3U, 6U, 7U}) {
      pads.integers[d] = draw_.between(0, 2);
      shape_[d % 4] += pads.integers[d];
    }
    graph_.constants[node.name + "_pads"] = std::move(pads);
    node.inputs.push_back(node.name + "_pads");
    node.inputs.push_back(constant(node.name + "_value", {}, 0.5F));
    append(std::move(node));
  }

  void classifier() {
    const std::int64_t features = shape_[1] * shape_[2] * shape_[3];
    append(make("Flatten", {current_}));
    Node gemm = make("Gemm", {current_});
    const std::int64_t classes = draw_.between(1, 50);
    gemm.inputs.push_back(constant(gemm.name + "_w", {classes, features}, 0.2F));
    gemm.inputs.push_back(constant(gemm.name + "_b", {classes}, 0.5F));
    gemm.attributes = {{"transB", std::int64_t{1}}};
    append(std::move(gemm));
  }

  Graph finish() {
    graph_.outputs = {current_};
    sort(graph_);
    infer_shapes(graph_);
    return std::move(graph_);
  }

 private:
  std::int64_t groups_of(std::int64_t channels) {
    if (channels == 1 || !draw_.one_in(3)) return 1;
    const std::int64_t groups = draw_.between(2, channels);
    return channels % groups == 0 ? groups : channels;
  }
  std::int64_t pad(std::int64_t reach, std::int64_t extent) {
    return std::max<std::int64_t>(reach + 1 - extent, 0) +
           draw_.between(0, draw_.one_in(4) ? 5 : 1);
  }
  std::string constant(const std::string& name, Shape shape, float scale) {
    graph_.constants[name] = random_tensor(draw_, std::move(shape), scale);
    return name;
  }
  Node make(const std::string& op, std::vector<std::string> inputs) {
    Node node;
    node.name = fmt::format("{}_{}", op, graph_.nodes.size());
    node.op = op;
    node.inputs = std::move(inputs);
    return node;
  }
  void append(Node node) {
    current_ = node.name + "_y";
    node.outputs = {current_};
    graph_.nodes.push_back(std::move(node));
  }

  Draw& draw_;
  Shape shape_;
  std::string current_ = "x";
  Graph graph_;
};

}  // namespace

std::string random_machine_yaml(Draw& draw) {
  const std::int64_t cols = draw.between(1, 40);
  const char* dataflow =
      draw.of<const char*>({"weight_stationary", "weight_stationary", "output_stationary",
                            "input_stationary", "[weight_stationary, output_stationary]",
                            "[output_stationary, weight_stationary, input_stationary]"});
  const bool holds_weights = std::string_view(dataflow).find("weight") != std::string_view::npos;
  const char* sparsity = holds_weights && draw.one_in(3) ? "['1:2', '2:4', '1:4']" : "[]";
  const char* packing = draw.of<const char*>({"none", "simd", "fused"});
  const char* overflow = draw.of<const char*>({"wrap", "saturate"});
  const char* rounding = draw.of<const char*>({"half_even", "double_rounding", "single_rounding"});
  const int product_rows = draw.of<int>({0, 0, 3, 16});
  return fmt::format(
      R"(name: random
clock: {clock}MHz
core:
  count: {cores}
  array:
    {{rows: {rows}, cols: {cols}, weight_buffers: {buffers}, dataflow: {dataflow},
     sparsity: {sparsity}, product_rows: {product_rows}, products_in_flight: {in_flight},
     weight_tiles: {tiles}}}
  datapath:
    native: [int8, int16, fp8_e4m3, fp8_e5m2, bf16, fp16, fp32]
    packed: int4
    packing: {packing}
    overflow: {overflow}
  vector: {{lanes: {lanes}, rounding: {rounding}}}
  scratchpad: {{capacity: {spad}KiB, banks: {banks}, width: {width}B}}
  weight_scratchpad: {{capacity: {weights}KiB, banks: {banks}, width: 16B}}
  accumulator: {{capacity: {acc}B}}
  dma: {{channels: {channels}, outstanding: {outstanding}, burst: {burst}B}}
  control: {{queue_depth: {queue}}}
dram: {{standard: {standard}, channels: {dram_channels}}}
interconnect: {{kind: crossbar, width: {port}B, hop_latency: {hop}}}
energy: table_45nm
)",
      fmt::arg("dataflow", dataflow), fmt::arg("sparsity", sparsity), fmt::arg("packing", packing),
      fmt::arg("overflow", overflow), fmt::arg("rounding", rounding),
      fmt::arg("product_rows", product_rows), fmt::arg("in_flight", draw.between(1, 6)),
      fmt::arg("clock", draw.of<int>({333, 700, 1000, 1050})),
      fmt::arg("cores", draw.between(1, 3)), fmt::arg("rows", draw.between(1, 40)),
      fmt::arg("cols", cols), fmt::arg("buffers", draw.between(1, 2)),
      fmt::arg("lanes", draw.between(1, 40)), fmt::arg("spad", draw.of<int>({16, 64, 256, 2048})),
      fmt::arg("weights", draw.of<int>({0, 0, 4, 32})),
      fmt::arg("tiles", draw.of<const char*>({"trimmed", "trimmed", "whole"})),
      fmt::arg("banks", draw.of<int>({1, 4, 16})), fmt::arg("width", draw.of<int>({8, 32, 64})),
      fmt::arg("acc", std::max<std::int64_t>(cols * 4 * draw.of<int>({8, 50, 512}), 64)),
      fmt::arg("channels", draw.between(1, 4)), fmt::arg("outstanding", draw.of<int>({1, 7, 64})),
      fmt::arg("burst", draw.of<int>({32, 64, 128})), fmt::arg("queue", draw.of<int>({1, 2, 32})),
      fmt::arg("standard", draw.of<const char*>({"ddr4_2400", "lpddr4_3200", "hbm2_2000"})),
      fmt::arg("dram_channels", draw.of<int>({1, 2, 4})),
      fmt::arg("port", draw.of<int>({8, 64, 256})), fmt::arg("hop", draw.between(1, 5)));
}

Graph random_network(Draw& draw) {
  Chain chain(draw, {draw.between(1, 2), draw.between(1, draw.one_in(3) ? 70 : 8),
                     draw.between(1, 14), draw.between(1, 14)});
  for (std::int64_t layers = draw.between(1, 3); layers > 0; --layers) {
    chain.convolution();
    if (draw.one_in(3)) chain.batch_norm();
    if (draw.one_in(2)) chain.activation();
    if (draw.one_in(3)) chain.residual();
    if (draw.one_in(3)) chain.pool();
    if (draw.one_in(4)) chain.padding();
    if (draw.one_in(5)) chain.branches();
    if (draw.one_in(6)) chain.slice();
  }
  if (draw.one_in(2)) chain.classifier();
  return chain.finish();
}

}  // namespace systolith::testing
