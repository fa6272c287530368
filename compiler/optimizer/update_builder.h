// The part of a training graph that an optimiser writes.
#pragma once

#include <optional>
#include <string>

#include "models/ops/append.h"

namespace systolith {

class UpdateBuilder {
 public:
  UpdateBuilder(Graph& graph, float learning_rate);

  GraphAppender append;
  // A float32 scalar that all updates read.
  const std::string& learning_rate() const { return learning_rate_; }
  // An int64 scalar state that all updates read: how many steps were done before, plus `first`.
  const std::string& step_count(std::int64_t first);
  // A new state of the parameter's shape, zero at first: "<parameter>/<name>".
  std::string zero_state(const std::string& parameter, const std::string& name);
  // After the step `state` takes the value `next`.
  void bind(const std::string& state, const std::string& next);

 private:
  Graph& graph_;
  std::string learning_rate_;
  std::optional<std::string> step_count_;
};

}  // namespace systolith
