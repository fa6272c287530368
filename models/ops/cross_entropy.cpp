#include "models/ops/cross_entropy.h"

namespace systolith {

Reduction reduction_of(const Node& node) {
  const auto text = attribute(node, "reduction", std::string("mean"));
  if (text == "none") return Reduction::none;
  if (text == "sum") return Reduction::sum;
  if (text == "mean") return Reduction::mean;
  op_error(node, "reduction '{}' is unknown (allowed: none, sum, mean)", text);
}

void expect_labels(const Node& node, const std::vector<OpInput>& inputs, std::size_t first) {
  const Shape& scores = inputs[first].value->shape;
  if (scores.size() < 2) op_error(node, "scores {} must be [N, C, ...]", to_string(scores));
  expect_type(node, inputs, first, {DataType::float32});
  expect_type(node, inputs, first + 1, {DataType::int64, DataType::int32});
  expect_type(node, inputs, first + 2, {DataType::float32});
  Shape labels = scores;
  labels.erase(labels.begin() + 1);
  if (inputs[first + 1].value->shape != labels)
    op_error(node, "labels {} must be {}, one for each of scores {}",
             to_string(inputs[first + 1].value->shape), to_string(labels), to_string(scores));
  const Value* weights = optional_value(inputs, first + 2);
  if (weights && weights->shape != Shape{scores[1]})
    op_error(node, "weights {} must be {}, one for each class", to_string(weights->shape),
             to_string(Shape{scores[1]}));
}

std::vector<LabelledScore> labelled_scores(const Node& node, const Shape& scores,
                                           const Tensor& labels, const Tensor* weights) {
  const bool ignores = node.attributes.count("ignore_index") != 0;
  const std::int64_t ignored = attribute(node, "ignore_index", std::int64_t{0});
  const std::int64_t classes = scores[1];
  const std::int64_t pixels = elements_between(scores, 2, rank_of(scores));
  std::vector<LabelledScore> result;
  result.reserve(labels.integers.size());
  for (std::size_t i = 0; i < labels.integers.size(); ++i) {
    const std::int64_t label = labels.integers[i];
    if (ignores && label == ignored) {
      result.emplace_back();
      continue;
    }
    if (label < 0 || label >= classes)
      op_error(node, "label {} is {}, but there are {} classes", i, label, classes);
    const std::int64_t image = static_cast<std::int64_t>(i) / pixels;
    const std::int64_t pixel = static_cast<std::int64_t>(i) % pixels;
    const float weight =
        weights == nullptr ? 1.0F : weights->floats[static_cast<std::size_t>(label)];
    result.push_back({(image * classes + label) * pixels + pixel, weight});
  }
  return result;
}

float loss_divisor(Reduction reduction, const std::vector<LabelledScore>& labelled) {
  if (reduction != Reduction::mean) return 1;
  float sum = 0;
  for (const LabelledScore& score : labelled) sum += score.weight;
  return sum;
}

}  // namespace systolith
