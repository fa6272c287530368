// Which activations a training step keeps for its backward part, and which it computes again.
#pragma once

#include <memory>
#include <vector>

#include "hw/base/registry.h"
#include "models/graph/graph.h"

namespace systolith {

class RematPolicy {
 public:
  static constexpr const char* kKind = "remat policy";
  using Factory = std::unique_ptr<RematPolicy> (*)();

  virtual ~RematPolicy() = default;
  // The forward nodes, the first `forward_nodes` of the graph, as consecutive segments: the index
  // of each one's first node, ascending, the first of them 0. Values that later segments read are
  // kept; what else the backward part reads is computed again, except in the last segment, behind
  // which the backward part begins.
  virtual std::vector<std::size_t> segments(const Graph& graph,
                                            std::size_t forward_nodes) const = 0;
};
template <>
const RegistrationTable<RematPolicy>& registrations<RematPolicy>();

}  // namespace systolith
