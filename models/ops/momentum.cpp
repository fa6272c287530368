#include "models/ops/optimizer_tensors.h"

namespace systolith {
namespace {

struct MomentumRule {
  explicit MomentumRule(const Node& node)
      : alpha(required_float(node, "alpha")),
        beta(required_float(node, "beta")),
        norm(required_float(node, "norm_coefficient")) {
    const auto mode = attribute(node, "mode", std::string());
    if (mode != "standard" && mode != "nesterov")
      op_error(node, "mode '{}' is unknown (allowed: standard, nesterov)", mode);
    nesterov = mode == "nesterov";
  }

  // x and v become their next values.
  void update(float rate, std::int64_t count, const std::vector<float>& g, std::vector<float>& x,
              std::vector<float>& v) const {
    const float weight = count > 0 ? beta : 1.0F;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float regularized = norm * x[i] + g[i];
      v[i] = alpha * v[i] + weight * regularized;
      x[i] = x[i] - rate * (nesterov ? regularized + alpha * v[i] : v[i]);
    }
  }

  float alpha, beta, norm;
  bool nesterov = false;
};

// ONNX's ai.onnx.preview.training operator, version 1.
class Momentum : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    MomentumRule{node};
    return updated_values(node, inputs, 1);
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const MomentumRule rule(node);
    const std::size_t count = (inputs.size() - 2) / 3;
    std::vector<Tensor> results(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      results[i] = *inputs[2 + i];
      results[count + i] = *inputs[2 + 2 * count + i];
      rule.update(inputs[0]->floats[0], inputs[1]->integers[0], inputs[2 + count + i]->floats,
                  results[i].floats, results[count + i].floats);
    }
    return results;
  }
};

}  // namespace

extern const Registration<Op> momentum = {
    "Momentum", "Gradient descent with momentum: R, T, X, G, V to the new X and V.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Momentum>(); }};

}  // namespace systolith
