// How the gradient of one convolution's weights is cut into tiles that fit the core.
#pragma once

#include <string>

#include "compiler/tiling/conv_tiling.h"

namespace systolith {

struct WeightGradProblem {
  std::int64_t batch = 1, in_h = 1, in_w = 1, out_h = 1, out_w = 1;
  std::int64_t groups = 1, group_in = 1, group_out = 1;  // channels of one group
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::int64_t element = 2;                  // bytes of both operands; sums are fp32
  std::array<std::int64_t, 3> box{0, 0, 0};  // that a tile must take; batch 0: any

  auto key() const {
    return std::tie(batch, in_h, in_w, out_h, out_w, groups, group_in, group_out, kernel, stride,
                    dilation, element, box);
  }
  std::int64_t taps() const { return kernel[0] * kernel[1]; }
  // Input rows (dimension 0) or columns (1) under `count` output ones.
  std::int64_t reach(std::size_t dimension, std::int64_t count) const {
    return (count - 1) * stride[dimension] + (kernel[dimension] - 1) * dilation[dimension] + 1;
  }
};
inline bool operator<(const WeightGradProblem& a, const WeightGradProblem& b) {
  return a.key() < b.key();
}
WeightGradProblem weight_grad_problem(const KernelGraph& graph, const WeightGradKernel& kernel);

// One unit sums taps x `channels` x `columns` weights of a group over all pixels, a box of batch x
// height x width output pixels at a time. The pixels of a box follow each other in memory: width is
// all of the row or height is 1, and height is all of the image or batch is 1.
struct WeightGradTiling {
  std::int64_t batch = 1, height = 1, width = 1, columns = 1, channels = 1;
  std::int64_t input_bytes = 0, gradient_bytes = 0;  // of one of two buffers of each kind
  std::int64_t output_bytes = 0;
  double cost = 0;  // estimated cycles

  std::int64_t pixels() const { return batch * height * width; }
  std::int64_t footprint() const { return 2 * (input_bytes + gradient_bytes + output_bytes); }
};

// The cheapest tiling. UserError naming the layer where none fits.
WeightGradTiling tile_weight_grad(const std::string& layer, const WeightGradProblem& problem,
                                  const Machine& machine, const TileBudget& budget);

// tile_weight_grad() for many layers and budgets, as TilingMemo.
class WeightGradMemo {
 public:
  // `machine` must outlive this.
  explicit WeightGradMemo(const Machine& machine) : machine_(machine) {}
  WeightGradTiling tile(const std::string& layer, const WeightGradProblem& problem,
                        const TileBudget& budget);

 private:
  struct Found {
    TileBudget budget;
    WeightGradTiling tiling;
  };
  const Machine& machine_;
  std::map<WeightGradProblem, std::vector<Found>> found_;
};

}  // namespace systolith
