// What SoftmaxCrossEntropyLoss and its gradient share: labels, their weights, and the reduction.
#pragma once

#include <optional>

#include "models/ops/support.h"

namespace systolith {

enum class Reduction { none, sum, mean };
// UserError naming what is allowed.
Reduction reduction_of(const Node& node);

// Scores are [N, C, d1, d2, ...], labels [N, d1, d2, ...] class numbers in 0..C-1 or ignore_index.
// UserError where the shapes or types don't agree; `first` is the index of the scores' input, the
// labels follow, then optional weights [C].
void expect_labels(const Node& node, const std::vector<OpInput>& inputs, std::size_t first);

// Where each label's score stands in the scores, and what its loss is multiplied with.
struct LabelledScore {
  std::optional<std::int64_t> at;  // none: ignored
  float weight = 0;
};
// In the order of the labels. UserError on a label outside 0..C-1 that is not ignored.
std::vector<LabelledScore> labelled_scores(const Node& node, const Shape& scores,
                                           const Tensor& labels, const Tensor* weights);

// What the sum of the losses is divided by: 1, or for the mean the sum of the weights.
float loss_divisor(Reduction reduction, const std::vector<LabelledScore>& labelled);

}  // namespace systolith
