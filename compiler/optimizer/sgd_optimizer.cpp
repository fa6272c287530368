#include "compiler/optimizer/optimizer.h"

namespace systolith {
namespace {

// x - rate * (g + weight_decay * x)
class SgdOptimizer : public Optimizer {
 public:
  explicit SgdOptimizer(const OptimizerSettings& settings) : settings_(settings) {}

  void update(UpdateBuilder& builder, const std::string& parameter,
              const std::string& gradient) const override {
    builder.append.set_prefix(parameter + "/update");
    std::string direction = gradient;
    if (settings_.weight_decay != 0)
      direction = builder.append.node(
          "Add", {gradient, builder.append.scaled(parameter, settings_.weight_decay)});
    const std::string step =
        builder.append.node("Mul", {direction, builder.learning_rate()}, {}, "step");
    builder.bind(parameter, builder.append.node("Sub", {parameter, step}));
  }

 private:
  OptimizerSettings settings_;
};

}  // namespace

extern const Registration<Optimizer> sgd_optimizer = {
    "sgd", "Stochastic gradient descent; no state.",
    [](const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
      return std::make_unique<SgdOptimizer>(settings);
    }};

}  // namespace systolith
