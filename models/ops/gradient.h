// What an op's gradient rule works with.
#pragma once

#include <utility>

#include "models/ops/append.h"

namespace systolith {

// One node of the forward graph on the way back: reverse-mode differentiation calls the rule of its
// op, which appends the nodes that compute its inputs' gradients.
class GradientContext {
 public:
  // `arriving`: the gradient of the node's first output. `wanted`: per input.
  GradientContext(GraphAppender& appender, Node node, std::string arriving,
                  std::vector<bool> wanted)
      : append(appender),
        node_(std::move(node)),
        arriving_(std::move(arriving)),
        wanted_(std::move(wanted)) {}

  const Node& node() const { return node_; }
  int opset() const { return append.graph().opset; }
  // Of the first output; the only one a rule is asked about.
  const std::string& arriving() const { return arriving_; }
  // Whether the loss's gradient with respect to input i is needed. False for inputs left out.
  bool wanted(std::size_t i) const { return i < wanted_.size() && wanted_[i]; }
  const std::string& input(std::size_t i) const { return node_.inputs.at(i); }
  const std::string& output(std::size_t i = 0) const { return node_.outputs.at(i); }
  const Shape& shape(std::size_t i) const { return append.shape(input(i)); }  // of an input

  GraphAppender& append;

 private:
  Node node_;
  std::string arriving_;
  std::vector<bool> wanted_;
};

// The names of the inputs' gradients, "" where there is none: what a rule returns.
using GradientNames = std::vector<std::string>;

// The arriving gradient in the first input's shape: of ops that only rename elements.
GradientNames reshape_gradient(GradientContext& context);
// For every wanted input the arriving gradient, summed over what broadcasting stretched: of sums.
GradientNames broadcast_gradient(GradientContext& context);

}  // namespace systolith
