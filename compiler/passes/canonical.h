// The rules behind canonicalize(): each takes one node and emits what stands for it.
#pragma once

#include "compiler/passes/graph_edit.h"

namespace systolith {

// A graph while its node list is rewritten front to back. Values and constants may grow at any
// time; `uses` describes the graph as it was.
class Rewriter {
 public:
  explicit Rewriter(Graph& rewritten) : graph(rewritten), uses(rewritten) {}

  const Shape& shape(const std::string& value) const { return shape_of(graph, value); }
  const Tensor* constant(const std::string& value) const { return find_constant(graph, value); }
  // The constant itself where nobody else reads it, else a copy.
  Tensor take_constant(const std::string& value);
  // A name nothing bears yet, beginning with `stem`.
  std::string fresh(const std::string& stem) const;
  std::string add(const std::string& stem, Tensor constant);
  void emit(Node node);
  // Emits a Reshape to `shape` named after `node`; returns its output's name.
  std::string reshape(const Node& node, const std::string& value, const Shape& shape);
  // The same into a given, already declared output.
  void reshape_into(const Node& node, const std::string& value, const std::string& output);
  // The emitted node that makes the value, null where none does.
  Node* emitted_producer(const std::string& value);
  // Makes the emitted producer of `value` produce `name` instead.
  void rename_output(const std::string& value, const std::string& name);
  std::vector<Node> take() { return std::move(emitted_); }

  Graph& graph;
  const Uses uses;
  std::map<std::vector<std::string>, std::string> concats;  // axis and operands -> output

 private:
  std::vector<Node> emitted_;
  std::map<std::string, std::size_t> emitted_by_;  // value -> index of its producer
};

// Remembers which op of the model a rewritten node stands for (kernels are reported under it).
inline constexpr const char* kSourceOp = "source_op";

// Of products in a quantised model: the scales of the weights, one or one per output, and the codes
// of the bias in units of the input's scale times the weights'.
inline constexpr const char* kWeightScale = "weight_scale";
inline constexpr const char* kBiasCodes = "bias_codes";
// What a node that takes another's place keeps of it: these, and kSourceOp.
void keep_notes(const Node& from, Node& to);

void canonicalize_gemm(Rewriter& rewriter, const Node& node);
void canonicalize_matmul(Rewriter& rewriter, const Node& node);
void canonicalize_conv(Rewriter& rewriter, const Node& node);
void canonicalize_pool(Rewriter& rewriter, const Node& node);         // MaxPool, AveragePool
void canonicalize_global_pool(Rewriter& rewriter, const Node& node);  // both, and ReduceMean
void canonicalize_arithmetic(Rewriter& rewriter, const Node& node);   // Sub, Div, Sum, Max, Min
void canonicalize_concat(Rewriter& rewriter, const Node& node);
void canonicalize_reshape(Rewriter& rewriter, const Node& node);  // Squeeze, Unsqueeze, Flatten …

}  // namespace systolith
