// What the passes share: who makes and who reads a value, and small edits of a graph.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/graph/graph.h"

namespace systolith {

// The producer and the readers of every value, as node indices; a snapshot.
class Uses {
 public:
  explicit Uses(const Graph& graph);

  static constexpr std::size_t kNone = ~std::size_t{0};
  // kNone for graph inputs and constants.
  std::size_t producer(const std::string& value) const;
  // Once per reading operand.
  const std::vector<std::size_t>& readers(const std::string& value) const;
  // Graph outputs and the states' next values: what is read after the last node.
  bool is_output(const std::string& value) const { return outputs_.count(value) != 0; }
  // The one node that reads the value, in one operand, and nobody else does; else kNone.
  std::size_t sole_reader(const std::string& value) const;

 private:
  std::map<std::string, std::size_t> producers_;
  std::map<std::string, std::vector<std::size_t>> readers_;
  std::set<std::string> outputs_;
};

const Shape& shape_of(const Graph& graph, const std::string& value);
// Null where the value is not a constant, or a state: a constant for one run only.
const Tensor* find_constant(const Graph& graph, const std::string& value);
// Of type float32 unless the tensor says otherwise. Requires: the name is free.
void add_constant(Graph& graph, const std::string& name, Tensor tensor);
void declare(Graph& graph, const std::string& name, const Shape& shape);
Tensor float_tensor(Shape shape, std::vector<float> values);
Tensor integer_tensor(const std::vector<std::int64_t>& values);

// Drops nodes whose results nobody uses, and constants and values nobody mentions. States stay.
void eliminate_dead(Graph& graph);

}  // namespace systolith
