#include "compiler/optimizer/optimizer.h"

#include <cmath>

namespace systolith {
namespace {

void check_range(const char* name, float value, float low, float high) {
  if (!(value >= low && value <= high))
    user_error("optimizer setting {} is {} (allowed: {} to {})", name, value, low, high);
}

void check_settings(const OptimizerSettings& settings) {
  if (!std::isfinite(settings.learning_rate) || settings.learning_rate < 0)
    user_error("optimizer setting learning_rate is {} (allowed: 0 or more)",
               settings.learning_rate);
  check_range("weight_decay", settings.weight_decay, 0, 1);
  check_range("momentum", settings.momentum, 0, 1);
  check_range("first_moment", settings.first_moment, 0, 1);
  check_range("second_moment", settings.second_moment, 0, 1);
  check_range("epsilon", settings.epsilon, 0, 1);
}

}  // namespace

std::string append_updates(Graph& graph, const std::string& optimizer,
                           const OptimizerSettings& settings,
                           const std::map<std::string, std::string>& gradients) {
  check_settings(settings);
  const auto rule = registration<Optimizer>(optimizer).create(settings);
  UpdateBuilder builder(graph, settings.learning_rate);
  for (const auto& [parameter, gradient] : gradients) {
    if (graph.constants.count(parameter) == 0)
      user_error("parameter '{}' is not a constant of the graph: nothing to update", parameter);
    rule->update(builder, parameter, gradient);
  }
  return builder.learning_rate();
}

}  // namespace systolith
