// One node in a graph of its own: the shortest way to ask an op something.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "models/graph/graph.h"

namespace systolith {

inline Tensor floats(const Shape& shape, const std::vector<float>& values) {
  return {DataType::float32, shape, values, {}};
}
inline Tensor integers(const Shape& shape, const std::vector<std::int64_t>& values,
                       DataType type = DataType::int64) {
  return {type, shape, {}, values};
}
// 1, 2, 3, ... in that shape.
inline Tensor counting(const Shape& shape) {
  Tensor tensor = floats(shape, {});
  for (std::int64_t i = 1; i <= elements(shape); ++i)
    tensor.floats.push_back(static_cast<float>(i));
  return tensor;
}

using Ints = std::vector<std::int64_t>;
using Attributes = std::map<std::string, Attribute>;

struct OpCase {
  std::string op;
  std::vector<std::optional<Tensor>> inputs;  // none: left out
  Attributes attributes = {};
  int opset = 13;
  std::size_t outputs = 1;
};

// int64 and boolean inputs are constants, all others graph inputs.
inline Graph graph_of(const OpCase& c) {
  Graph graph;
  graph.opset = c.opset;
  Node node{"n", c.op, {}, {}, c.attributes};
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const std::string name = c.inputs[i] ? fmt::format("in{}", i) : "";
    node.inputs.push_back(name);
    if (!c.inputs[i]) continue;
    const DataType type = c.inputs[i]->type;
    if (type == DataType::int64 || type == DataType::boolean)
      graph.constants[name] = *c.inputs[i];
    else
      graph.inputs.push_back({name, type, c.inputs[i]->shape});
  }
  for (std::size_t i = 0; i < c.outputs; ++i) node.outputs.push_back(fmt::format("out{}", i));
  graph.outputs = node.outputs;
  graph.nodes = {node};
  return graph;
}

inline std::vector<Tensor> run_all(const OpCase& c) {
  Graph graph = graph_of(c);
  sort(graph);
  infer_shapes(graph);
  TensorMap inputs;
  for (std::size_t i = 0; i < c.inputs.size(); ++i)
    if (c.inputs[i]) inputs[fmt::format("in{}", i)] = *c.inputs[i];
  for (const auto& [name, constant] : graph.constants) inputs.erase(name);
  TensorMap results = evaluate(graph, inputs);
  std::vector<Tensor> outputs;
  for (const std::string& name : graph.outputs) {
    EXPECT_EQ(graph.values.at(name).shape, results.at(name).shape);
    EXPECT_EQ(graph.values.at(name).type, results.at(name).type);
    outputs.push_back(results.at(name));
  }
  return outputs;
}
inline Tensor run(const OpCase& c) { return run_all(c).front(); }

// What infer_shapes() answers; empty if nothing is wrong.
inline std::string refusal(const OpCase& c) {
  try {
    Graph graph = graph_of(c);
    infer_shapes(graph);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

inline void expect_tensor(const Tensor& actual, const Shape& shape,
                          const std::vector<float>& values) {
  EXPECT_EQ(actual.type, DataType::float32);
  EXPECT_EQ(actual.shape, shape);
  EXPECT_THAT(actual.floats, ::testing::Pointwise(::testing::FloatNear(1e-5F), values));
}
inline void expect_tensor(const Tensor& actual, const Tensor& expected) {
  EXPECT_EQ(actual.type, expected.type);
  EXPECT_EQ(actual.shape, expected.shape);
  EXPECT_EQ(actual.floats, expected.floats);
  EXPECT_EQ(actual.integers, expected.integers);
}

}  // namespace systolith
