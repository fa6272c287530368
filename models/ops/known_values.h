// Values that are known before the graph runs: constants, and what follows from constants and from
// shapes alone.
#pragma once

#include <limits>
#include <set>

#include "models/ops/op.h"

namespace systolith {

// Fed with the nodes in topological order. Requires: the graph outlives it and its constants stay.
class KnownValues {
 public:
  // Results of more than `limit` elements are not computed: enough for shape arithmetic, and a
  // model can't make inference allocate what only running it needs.
  static constexpr std::int64_t kShapeArithmetic = 4096;
  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  explicit KnownValues(const Graph& graph, std::int64_t limit = kShapeArithmetic);

  // Null where not known.
  const Tensor* find(const std::string& name) const;
  // The node's inputs with what is known of them. Requires: graph.values has them.
  std::vector<OpInput> inputs_of(const Node& node) const;
  // Evaluates the node if everything it needs is known. Requires: graph.values has its outputs.
  // Says whether its outputs are known now.
  bool visit(const Node& node);

 private:
  const Graph& graph_;
  std::int64_t limit_;
  TensorMap computed_;
  std::set<std::string> states_;  // constants that a run replaces are not known
};

}  // namespace systolith
