// Random small networks with branches, residual sums, normalisations and pools, and batches for
// them.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/unit/compiler_passes/graphs.h"

namespace systolith::testing {

constexpr std::int64_t kChannels = 6, kClasses = 4;

class RandomNetwork {
 public:
  explicit RandomNetwork(unsigned seed) : random_(seed), b_(seed) {}

  Graph build() {
    const std::int64_t batch = pick(2, 4), channels = pick(1, 3), size = pick(6, 9);
    std::string x = b_.input("image", {batch, channels, size, size});
    x = b_.node("Relu", {block(x, channels, 1)});
    for (std::int64_t i = pick(2, 5); i-- > 0;) x = layer(x);
    if (pick(0, 1) == 0)
      x = b_.node("GlobalAveragePool", {x});
    else
      x = b_.node("ReduceMean", {x}, {{"axes", Integers{2, 3}}});
    x = b_.node("Flatten", {x});
    const std::string w = b_.constant({kChannels, kClasses});
    x = pick(0, 1) == 0 ? b_.node("Gemm", {x, w, b_.constant({kClasses})})
                        : b_.node("Add", {b_.node("MatMul", {x, w}), b_.constant({kClasses})});
    return b_.finish({b_.node("Softmax", {x})});
  }

 private:
  using Integers = std::vector<std::int64_t>;

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<unsigned>(high - low + 1));
  }

  std::string block(const std::string& x, std::int64_t from, std::int64_t groups) {
    const std::int64_t kernel = pick(0, 1) * 2 + 1;
    const std::string y =
        b_.conv(x, from, kChannels, kernel, {{"pads", Integers(4, kernel / 2)}, {"group", groups}});
    return b_.batch_norm(y, kChannels);
  }

  std::string layer(const std::string& x) {
    switch (pick(0, 4)) {
      case 0:  // residual
        return b_.node("Relu", {b_.node("Add", {block(x, kChannels, 1), x})});
      case 1: {  // two branches, and x read a third time
        const std::string left = b_.node("Relu", {block(x, kChannels, 2)});
        const std::string right = block(x, kChannels, kChannels);
        return b_.node("Sum", {left, right, x});
      }
      case 2:
        return b_.node("MaxPool", {x},
                       {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{1, 0, 0, 1}}});
      case 3:  // a gate per channel
        return b_.node("Mul", {block(x, kChannels, 1), b_.constant({kChannels, 1, 1}, 0.5F, 2)});
      default:
        return b_.node("Relu", {b_.conv(x, kChannels, kChannels, 1)});
    }
  }

  std::mt19937 random_;
  GraphBuilder b_;
};

// Uniform values, and labels of every class.
inline TensorMap random_batch(const Graph& graph, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-1, 1);
  TensorMap inputs;
  for (const Value& input : graph.inputs) {
    Tensor tensor;
    tensor.type = input.type;
    tensor.shape = input.shape;
    for (std::int64_t i = elements(input.shape); i-- > 0;)
      if (input.type == DataType::float32)
        tensor.floats.push_back(values(random));
      else
        tensor.integers.push_back(static_cast<std::int64_t>(random() % kClasses));
    inputs[input.name] = tensor;
  }
  return inputs;
}

}  // namespace systolith::testing
