// An op's gradient against central differences of its own forward semantics.
#pragma once

#include <cmath>
#include <random>

#include "compiler/autodiff/differentiate.h"
#include "tests/unit/models_ops/run_op.h"

namespace systolith {

// Of one op. The loss is sum(r[i] * y[i]) with fixed weights r, taken in double of the fp32
// outputs.
struct GradientCase {
  OpCase op;
  float step = 0.5F;   // exact at any size where y is linear in each input element
  int roundings = 16;  // of the longest chain of fp32 operations behind one output element
  std::vector<std::size_t> constants = {};  // inputs without a gradient
};

inline Tensor spread(const Shape& shape, unsigned seed, float low = -1, float high = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(low, high);
  Tensor tensor = floats(shape, {});
  for (std::int64_t i = elements(shape); i-- > 0;) tensor.floats.push_back(values(random));
  return tensor;
}
// Distinct values a quarter apart and an eighth away from zero, shuffled: no step up to 1/16
// changes which is larger or crosses zero.
inline Tensor apart(const Shape& shape, unsigned seed) {
  Tensor tensor = counting(shape);
  const float middle = static_cast<float>(tensor.floats.size() / 2);
  for (float& value : tensor.floats) value = (value - middle) / 4 + 0.125F;
  std::shuffle(tensor.floats.begin(), tensor.floats.end(), std::mt19937(seed));
  return tensor;
}

class GradientCheck {
 public:
  explicit GradientCheck(const GradientCase& c) : case_(c), forward_(graph_of(c.op)) {
    for (const std::size_t i : c.constants) hold(i);
    for (std::size_t i = 0; i < c.op.inputs.size(); ++i)
      if (c.op.inputs[i] && forward_.constants.count(name(i)) == 0) {
        values_[name(i)] = *c.op.inputs[i];
        variables_.push_back(name(i));
      }
    sort(forward_);
    infer_shapes(forward_);
    weights_ = spread(forward_.values.at("out0").shape, 77, 0.5F, 1.5F);
    for (std::size_t i = 0; i < weights_.floats.size(); i += 2) weights_.floats[i] *= -1;
  }

  void run() {
    const TensorMap gradients = computed();
    for (const std::string& variable : variables_) compare(variable, gradients.at(variable));
  }

 private:
  static std::string name(std::size_t input) { return fmt::format("in{}", input); }

  void hold(std::size_t input) {
    forward_.constants[name(input)] = *case_.op.inputs[input];
    auto& inputs = forward_.inputs;
    inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                                [&](const Value& value) { return value.name == name(input); }),
                 inputs.end());
  }

  TensorMap computed() const {
    Graph graph = forward_;
    graph.constants["weights"] = weights_;
    graph.nodes.push_back({"weigh", "Mul", {"out0", "weights"}, {"weighed"}, {}});
    graph.nodes.push_back({"add_up", "ReduceSum", {"weighed"}, {"loss"}, {}});
    graph.outputs = {"loss"};
    sort(graph);
    infer_shapes(graph);
    const DifferentiatedGraph result = differentiate(graph, "loss", variables_);
    Graph checked = result.graph;  // that what was appended is sound on its own
    sort(checked);
    infer_shapes(checked);
    std::vector<std::string> names;
    for (const auto& [variable, gradient] : result.gradients) names.push_back(gradient);
    const TensorMap all = evaluate(checked, values_, names);
    TensorMap gradients;
    for (const auto& [variable, gradient] : result.gradients)
      gradients[variable] = all.at(gradient);
    return gradients;
  }

  double loss_at(const std::string& variable, std::size_t element, float offset) {
    float& value = values_.at(variable).floats[element];
    const float before = value;
    value += offset;
    const Tensor y = evaluate(forward_, values_).at("out0");
    value = before;
    double loss = 0;
    magnitude_ = 0;
    for (std::size_t i = 0; i < y.floats.size(); ++i) {
      loss += double{weights_.floats[i]} * double{y.floats[i]};
      magnitude_ += std::fabs(double{weights_.floats[i]}) * (1 + std::fabs(double{y.floats[i]}));
    }
    return loss;
  }

  double difference(const std::string& variable, std::size_t element, float step) {
    const float x = values_.at(variable).floats[element];
    const double up = loss_at(variable, element, step);
    const double down = loss_at(variable, element, -step);
    // What was really added: x + step is rounded too.
    return (up - down) / (double{x + step} - double{x - step});
  }

  // Richardson: of steps h and h/2 the combination (4 D(h/2) - D(h)) / 3 has an error of order h^4,
  // far below a quarter of what the two differ by. Every y is off by at most `roundings` half units
  // in the last place (2^-24) of its magnitude, at both ends: with the weights 4/3 and 1/3 that is
  // 3 * roundings * 2^-24 * magnitude / h. The gradient itself is off by as much at most.
  void compare(const std::string& variable, const Tensor& gradient) {
    ASSERT_EQ(gradient.shape, values_.at(variable).shape) << variable;
    double largest = 0, loosest = 0;
    for (std::size_t i = 0; i < gradient.floats.size(); ++i) {
      const double coarse = difference(variable, i, case_.step);
      const double fine = difference(variable, i, case_.step / 2);
      const double expected = (4 * fine - coarse) / 3;
      const double rounding = 3.0 * case_.roundings * std::ldexp(magnitude_, -24) / case_.step;
      const double tolerance = rounding + std::fabs(fine - coarse) / 4;
      EXPECT_NEAR(gradient.floats[i], expected, tolerance) << variable << "[" << i << "]";
      largest = std::max(largest, std::fabs(expected));
      loosest = std::max(loosest, tolerance);
    }
    EXPECT_LT(loosest, 0.02 * largest) << variable << ": the check would say little";
  }

  GradientCase case_;
  Graph forward_;
  TensorMap values_;
  std::vector<std::string> variables_;
  Tensor weights_;
  double magnitude_ = 0;
};

inline void check_gradients(const GradientCase& c) { GradientCheck(c).run(); }

}  // namespace systolith
