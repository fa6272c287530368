#include <cmath>

#include "models/ops/optimizer_tensors.h"

namespace systolith {
namespace {

struct AdamRule {
  explicit AdamRule(const Node& node)
      : alpha(attribute(node, "alpha", 0.9F)),
        beta(attribute(node, "beta", 0.999F)),
        epsilon(attribute(node, "epsilon", 1e-6F)),
        norm(attribute(node, "norm_coefficient", 0.0F)),
        norm_post(attribute(node, "norm_coefficient_post", 0.0F)) {}

  // The bias of both averages, which begin at zero, as one factor; in double, since 1 - beta^T
  // cancels.
  float adjusted(float rate, std::int64_t count) const {
    if (count <= 0) return rate;
    const auto steps = static_cast<double>(count);
    return static_cast<float>(rate * std::sqrt(1 - std::pow(double{beta}, steps)) /
                              (1 - std::pow(double{alpha}, steps)));
  }

  // x, v and h become their next values.
  void update(float rate, const std::vector<float>& g, std::vector<float>& x, std::vector<float>& v,
              std::vector<float>& h) const {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float regularized = norm * x[i] + g[i];
      v[i] = alpha * v[i] + (1 - alpha) * regularized;
      h[i] = beta * h[i] + (1 - beta) * (regularized * regularized);
      const float moved = x[i] - rate * v[i] / (std::sqrt(h[i]) + epsilon);
      x[i] = (1 - norm_post) * moved;
    }
  }

  float alpha, beta, epsilon, norm, norm_post;
};

// ONNX's ai.onnx.preview.training operator, version 1.
class Adam : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    return updated_values(node, inputs, 2);
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const AdamRule rule(node);
    const float rate = rule.adjusted(inputs[0]->floats[0], inputs[1]->integers[0]);
    const std::size_t count = (inputs.size() - 2) / 4;
    std::vector<Tensor> results(3 * count);
    for (std::size_t i = 0; i < count; ++i) {
      results[i] = *inputs[2 + i];
      results[count + i] = *inputs[2 + 2 * count + i];
      results[2 * count + i] = *inputs[2 + 3 * count + i];
      rule.update(rate, inputs[2 + count + i]->floats, results[i].floats, results[count + i].floats,
                  results[2 * count + i].floats);
    }
    return results;
  }
};

}  // namespace

extern const Registration<Op> adam = {
    "Adam", "Adaptive moments (Kingma and Ba 2015): R, T, X, G, V, H to the new X, V and H.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Adam>(); }};

}  // namespace systolith
