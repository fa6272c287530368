#include "compiler/optimizer/optimizer.h"

namespace systolith {
namespace {

// ONNX's Adam. It corrects the averages' bias from T = 1 on; the count begins there, so that the
// first step is corrected as in Kingma and Ba's algorithm 1.
class AdamOptimizer : public Optimizer {
 public:
  explicit AdamOptimizer(const OptimizerSettings& settings) : settings_(settings) {}

  void update(UpdateBuilder& builder, const std::string& parameter,
              const std::string& gradient) const override {
    const std::string count = builder.step_count(1);
    const std::string mean = builder.zero_state(parameter, "first_moment");
    const std::string square = builder.zero_state(parameter, "second_moment");
    builder.append.set_prefix(parameter + "/update");
    const auto next = builder.append.node_with_outputs(
        "Adam", {builder.learning_rate(), count, parameter, gradient, mean, square}, 3,
        {{"alpha", settings_.first_moment},
         {"beta", settings_.second_moment},
         {"epsilon", settings_.epsilon},
         {"norm_coefficient", settings_.weight_decay}});
    builder.bind(parameter, next[0]);
    builder.bind(mean, next[1]);
    builder.bind(square, next[2]);
  }

 private:
  OptimizerSettings settings_;
};

}  // namespace

extern const Registration<Optimizer> adam_optimizer = {
    "adam", "Adaptive moments (Kingma and Ba 2015); two states a parameter.",
    [](const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
      return std::make_unique<AdamOptimizer>(settings);
    }};

}  // namespace systolith
