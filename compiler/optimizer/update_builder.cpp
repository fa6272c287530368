#include "compiler/optimizer/update_builder.h"

namespace systolith {

UpdateBuilder::UpdateBuilder(Graph& graph, float learning_rate) : append(graph), graph_(graph) {
  append.set_prefix("training");
  learning_rate_ = append.scalar("learning_rate", learning_rate);
}

const std::string& UpdateBuilder::step_count(std::int64_t first) {
  if (step_count_) return *step_count_;
  append.set_prefix("training");
  step_count_ = append.constant("step_count", {DataType::int64, {}, {}, {first}});
  const std::string one = append.constant("one", {DataType::int64, {}, {}, {1}});
  bind(*step_count_, append.node("Add", {*step_count_, one}, {}, "next_step_count"));
  return *step_count_;
}

std::string UpdateBuilder::zero_state(const std::string& parameter, const std::string& name) {
  const Shape& shape = append.shape(parameter);
  append.set_prefix(parameter);
  const std::vector<float> zeros(static_cast<std::size_t>(elements(shape)), 0.0F);
  return append.constant(name, {DataType::float32, shape, zeros, {}});
}

void UpdateBuilder::bind(const std::string& state, const std::string& next) {
  graph_.states.push_back({state, next});
}

}  // namespace systolith
