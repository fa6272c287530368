// A chain of vector passes on whole tensors.
#include <cstring>

#include "compiler/kernels/execute.h"
#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

class Chain {
 public:
  Chain(const ChainKernel& chain, const std::vector<TensorRows>& tensors)
      : chain_(chain), rows_(tensors), channels_(static_cast<std::size_t>(chain.shape[3])) {
    temporaries_.resize(chain.values.size());
    storage_.resize(chain.values.size());
    for (std::size_t i = 0; i < chain.values.size(); ++i)
      if (chain.values[i].tensor == kNoTensor) make_temporary(i);
  }

  void run() {
    for (const ChainStep& step : chain_.steps) {
      if (step.across)
        sum_across(step);
      else if (step.when == ChainStep::When::each)
        on_pixels(step);
      else
        on_vectors(step);
    }
  }

 private:
  void make_temporary(std::size_t i) {
    KernelTensor& tensor = temporaries_[i];
    tensor.format = Format::fp32;
    tensor.shape = chain_.shape;
    if (chain_.values[i].per_channel)
      tensor.shape = {1, 1, 1, chain_.values[i].scalar ? 1 : chain_.shape[3]};
    storage_[i].resize(static_cast<std::size_t>(tensor.bytes()));
    rows_[i] = {&tensor, storage_[i].data(), tensor.shape[3]};
  }

  const TensorRows& rows(int value) const { return rows_[static_cast<std::size_t>(value)]; }

  // The value's row of channels under pixel (n, h, w), broadcast where it is smaller.
  std::vector<float> row(int value, const std::array<std::int64_t, 3>& at) const {
    const TensorRows& from = rows(value);
    const auto& shape = from.tensor->shape;
    std::int64_t pixel = 0;
    for (std::size_t d = 0; d < 3; ++d) pixel = pixel * shape[d] + (shape[d] == 1 ? 0 : at[d]);
    std::vector<float> values(static_cast<std::size_t>(shape[3]));
    read_row(from.at(pixel), *from.tensor, shape[3], values.data());
    if (values.size() == 1) values.resize(channels_, values[0]);
    return values;
  }

  std::vector<float> result(const ChainStep& step, const std::array<std::int64_t, 3>& at) const {
    std::vector<float> x = row(step.a, at);
    if (step.function == VectorFunction::one_hot) {
      for (std::size_t c = 0; c < channels_; ++c) x[c] = x[c] == static_cast<float>(c) ? 1 : 0;
      return x;
    }
    if (step.function == VectorFunction::log_softmax) {
      std::vector<float> y(channels_);
      log_softmax_row(x.data(), y.data(), channels_);
      return y;
    }
    map(step, at, x);
    return x;
  }

  void map(const ChainStep& step, const std::array<std::int64_t, 3>& at,
           std::vector<float>& x) const {
    const auto with = [&](int value, auto combine) {
      if (value == ChainStep::kNone) return;
      const std::vector<float> other = row(value, at);
      for (std::size_t c = 0; c < channels_; ++c) x[c] = combine(x[c], other[c]);
    };
    with(step.bias, [](float a, float bias) { return a + bias; });
    with(step.scale, [](float a, float scale) { return scale * a; });
    if (step.scale == ChainStep::kNone)
      for (float& value : x) value = step.scale_a * value;
    if (step.binary == BinaryFunction::add)
      with(step.b, [&](float a, float b) { return a + step.scale_b * b; });
    if (step.binary == BinaryFunction::mul)
      with(step.b, [&](float a, float b) { return a * (step.scale_b * b); });
    if (step.binary == BinaryFunction::gate)
      with(step.b, [&](float a, float b) { return gate_value(a, step.scale_b * b); });
    const ActivationSpec& act = step.activation;
    for (float& value : x) value = act(value);
  }

  void write(int value, std::int64_t pixel, const std::vector<float>& x) const {
    const TensorRows& to = rows(value);
    write_row(x.data(), *to.tensor, to.tensor->shape[3], to.at(pixel));
  }

  void on_vectors(const ChainStep& step) const { write(step.out, 0, result(step, {0, 0, 0})); }

  void on_pixels(const ChainStep& step) const {
    const auto& s = chain_.shape;
    const bool reduces = step.function == VectorFunction::reduce_sum;
    std::vector<float> sums(channels_, 0.0F);
    std::int64_t pixel = 0;
    for (std::int64_t n = 0; n < s[0]; ++n)
      for (std::int64_t h = 0; h < s[1]; ++h)
        for (std::int64_t w = 0; w < s[2]; ++w, ++pixel) {
          const std::vector<float> x = result(step, {n, h, w});
          if (!reduces) write(step.out, pixel, x);
          for (std::size_t c = 0; reduces && c < channels_; ++c) sums[c] += x[c];
        }
    if (reduces) write(step.out, 0, sums);
  }

  void sum_across(const ChainStep& step) const {
    float sum = 0;
    for (const float value : result(step, {0, 0, 0})) sum += value;
    write(step.out, 0, {sum});
  }

  const ChainKernel& chain_;
  std::vector<TensorRows> rows_;
  std::size_t channels_;
  std::vector<KernelTensor> temporaries_;
  std::vector<std::vector<std::uint8_t>> storage_;
};

}  // namespace

void execute_chain(const ChainKernel& chain, const std::vector<TensorRows>& tensors) {
  Chain(chain, tensors).run();
}

}  // namespace systolith
