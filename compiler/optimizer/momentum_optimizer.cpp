#include "compiler/optimizer/optimizer.h"

namespace systolith {
namespace {

// ONNX's Momentum with beta 1: v = momentum * v + g, x = x - rate * v, as PyTorch's SGD.
class MomentumOptimizer : public Optimizer {
 public:
  explicit MomentumOptimizer(const OptimizerSettings& settings) : settings_(settings) {}

  void update(UpdateBuilder& builder, const std::string& parameter,
              const std::string& gradient) const override {
    const std::string count = builder.step_count(0);
    const std::string velocity = builder.zero_state(parameter, "velocity");
    builder.append.set_prefix(parameter + "/update");
    const auto next = builder.append.node_with_outputs(
        "Momentum", {builder.learning_rate(), count, parameter, gradient, velocity}, 2,
        {{"alpha", settings_.momentum},
         {"beta", 1.0F},
         {"norm_coefficient", settings_.weight_decay},
         {"mode", std::string(settings_.nesterov ? "nesterov" : "standard")}});
    builder.bind(parameter, next[0]);
    builder.bind(velocity, next[1]);
  }

 private:
  OptimizerSettings settings_;
};

}  // namespace

extern const Registration<Optimizer> momentum_optimizer = {
    "momentum", "Gradient descent with momentum, optionally Nesterov's; one state a parameter.",
    [](const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
      return std::make_unique<MomentumOptimizer>(settings);
    }};

}  // namespace systolith
