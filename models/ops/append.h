// Growing a graph node by node, with shapes as it grows.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/graph/graph.h"

namespace systolith {

// Appends nodes whose inputs exist already, so that a sorted graph stays sorted. Names are
// "<prefix>/<what>", with a number behind where that is taken.
class GraphAppender {
 public:
  // Requires: sorted, infer_shapes() done; the graph outlives the appender.
  explicit GraphAppender(Graph& graph);

  // Of the nodes and constants that follow.
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
  const Graph& graph() const { return graph_; }
  const Shape& shape(const std::string& value) const;

  // The nodes' outputs have the node's name (further ones "<name>:1", …). `name`: the op's where
  // left out. Returns the first output's name, or all.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::map<std::string, Attribute>& attributes = {},
                   const std::string& name = "");
  std::vector<std::string> node_with_outputs(const std::string& op,
                                             const std::vector<std::string>& inputs,
                                             std::size_t outputs,
                                             const std::map<std::string, Attribute>& attributes,
                                             const std::string& name = "");
  std::string constant(const std::string& name, Tensor tensor);
  std::string scalar(const std::string& name, float value);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  // A name that neither a node nor a value bears.
  std::string fresh(const std::string& name) const;

  // Common forms. Reshape to the shape, where it isn't the value's already.
  std::string reshaped(const std::string& value, const Shape& shape);
  // ReduceSum over the axes; the value itself where there are none. Keeps them with extent 1.
  std::string summed(const std::string& value, const std::vector<std::int64_t>& axes);
  // Sums what broadcasting `shape` to the value's shape had stretched. Requires: it broadcasts.
  std::string summed_to(const std::string& value, const Shape& shape);
  // The value itself where the factor is 1.
  std::string scaled(const std::string& value, float factor);

 private:
  Graph& graph_;
  std::string prefix_;
  std::set<std::string> nodes_;
};

}  // namespace systolith
