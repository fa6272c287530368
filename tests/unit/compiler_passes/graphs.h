// Small graphs with seeded constants, and how close two results are.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/passes/passes.h"
#include "compiler/quantize/samples.h"

namespace systolith {

class GraphBuilder {
 public:
  explicit GraphBuilder(unsigned seed = 1, int opset = 13) : random_(seed) {
    graph_.name = "test";
    graph_.opset = opset;
  }

  std::string input(const std::string& name, const Shape& shape) {
    graph_.inputs.push_back({name, DataType::float32, shape});
    return name;
  }
  std::string constant(const Shape& shape, float low = -1, float high = 1) {
    Tensor tensor;
    tensor.shape = shape;
    std::uniform_real_distribution<float> values(low, high);
    for (std::int64_t i = 0; i < elements(shape); ++i) tensor.floats.push_back(values(random_));
    return add(tensor);
  }
  std::string integers(const std::vector<std::int64_t>& values) {
    Tensor tensor;
    tensor.type = DataType::int64;
    tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.integers = values;
    return add(tensor);
  }
  std::string scalar(float value) {
    Tensor tensor;
    tensor.floats = {value};
    return add(tensor);
  }
  // The node's first output.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::map<std::string, Attribute>& attributes = {},
                   std::size_t outputs = 1) {
    Node made{op + "_" + std::to_string(graph_.nodes.size()), op, inputs, {}, attributes};
    for (std::size_t i = 0; i < outputs; ++i)
      made.outputs.push_back("v" + std::to_string(graph_.nodes.size()) +
                             (i == 0 ? "" : "_" + std::to_string(i)));
    graph_.nodes.push_back(made);
    return made.outputs[0];
  }
  // He-scaled weights over `channels` inputs.
  std::string conv(const std::string& x, std::int64_t channels, std::int64_t outputs,
                   std::int64_t kernel, std::map<std::string, Attribute> attributes = {}) {
    const std::int64_t groups =
        attributes.count("group") != 0 ? std::get<std::int64_t>(attributes["group"]) : 1;
    const std::int64_t depth = channels / groups;
    const float bound = std::sqrt(6.0F / static_cast<float>(depth * kernel * kernel));
    return node("Conv", {x, constant({outputs, depth, kernel, kernel}, -bound, bound)},
                std::move(attributes));
  }
  std::string batch_norm(const std::string& x, std::int64_t channels) {
    return node("BatchNormalization",
                {x, constant({channels}, 0.5F, 1.5F), constant({channels}, -0.5F, 0.5F),
                 constant({channels}, -0.2F, 0.2F), constant({channels}, 0.5F, 2)});
  }
  Graph finish(const std::vector<std::string>& outputs) {
    graph_.outputs = outputs;
    sort(graph_);
    infer_shapes(graph_);
    return graph_;
  }

 private:
  std::string add(const Tensor& tensor) {
    const std::string name = "c" + std::to_string(graph_.constants.size());
    graph_.constants[name] = tensor;
    return name;
  }

  Graph graph_;
  std::mt19937 random_;
};

inline std::size_t count_ops(const Graph& graph, const std::string& op) {
  return static_cast<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                                [&](const Node& n) { return n.op == op; }));
}

inline double cosine(const Tensor& a, const Tensor& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.floats.size(); ++i) {
    ab += double{a.floats[i]} * double{b.floats[i]};
    aa += double{a.floats[i]} * double{a.floats[i]};
    bb += double{b.floats[i]} * double{b.floats[i]};
  }
  return ab / std::sqrt(aa * bb);
}

inline Graph all_passes(Graph graph) {
  return fold_batch_norm(canonicalize(fold_constants(std::move(graph))));
}

// conv + bn + activation, a residual block, a branch with two convolutions that are concatenated,
// pooling, a channel shuffle, a classifier: chosen by the seed.
inline Graph random_network(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<unsigned>(high - low + 1));
  };
  GraphBuilder b(seed);
  std::int64_t c = pick(1, 4), size = pick(8, 13);
  std::string x = b.input("image", {pick(1, 2), c, size, size});
  using Integers = std::vector<std::int64_t>;
  const auto block = [&](const std::string& in, std::int64_t from, std::int64_t to,
                         std::int64_t kernel) {
    const std::string y = b.conv(in, from, to, kernel, {{"pads", Integers(4, kernel / 2)}});
    return b.batch_norm(y, to);
  };
  x = b.node("Relu", {block(x, c, 12, 3)});
  for (std::int64_t i = pick(2, 4); i-- > 0;) {
    switch (pick(0, 4)) {
      case 0:
        x = b.node("Relu", {b.node("Add", {block(x, 12, 12, 3), x})});
        break;
      case 1:
        x = b.node("Concat",
                   {b.node("Relu", {block(x, 12, 8, 1)}), b.node("Sigmoid", {block(x, 12, 4, 3)})},
                   {{"axis", std::int64_t{1}}});
        break;
      case 2:
        x = b.node(pick(0, 1) == 0 ? "MaxPool" : "AveragePool", {x},
                   {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{1, 0, 0, 1}}});
        break;
      case 3:
        x = b.node("Transpose", {b.node("Reshape", {x, b.integers({0, 3, 4, -1})})},
                   {{"perm", Integers{0, 2, 1, 3}}});
        x = b.node("Reshape", {x, b.integers({0, 12, 1, -1})});
        x = b.conv(x, 12, 12, 1, {{"group", std::int64_t{12}}});
        break;
      default:
        x = b.node("Relu", {b.batch_norm(x, 12)});
    }
  }
  x = b.node("Flatten", {b.node("GlobalAveragePool", {x})});
  x = b.node("Gemm", {x, b.constant({12, 10}), b.constant({10})});
  return b.finish({b.node("Softmax", {x})});
}

}  // namespace systolith
