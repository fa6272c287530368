#include "models/ops/patches.h"

#include <algorithm>
#include <array>

#include "models/ops/support.h"

namespace systolith {
namespace {

class Patches : public PanelSource {
 public:
  Patches(const SpatialGeometry& geometry, const float* image) : g_(geometry), image_(image) {}

  void pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column, std::int64_t columns,
            std::int64_t width, float* panel) const override {
    const Columns at = columns_at(column, columns);
    const std::int64_t taps = g_.kernel[0] * g_.kernel[1];
    for (std::int64_t k = k_begin; k < k_end; ++k, panel += width) {
      const std::int64_t tap = k % taps;
      const float* plane = image_ + k / taps * g_.input[0] * g_.input[1];
      pack_row(plane, tap / g_.kernel[1] * g_.dilations[0], tap % g_.kernel[1] * g_.dilations[1],
               at, panel);
    }
  }

 private:
  // Input coordinates of each column's first tap.
  struct Columns {
    std::int64_t count = 0;
    bool contiguous = false;  // one output row, and neighbours read neighbours
    std::array<std::int64_t, kMaxPanelWidth> h{}, w{};
  };

  Columns columns_at(std::int64_t column, std::int64_t count) const {
    Columns at;
    at.count = count;
    for (std::int64_t j = 0; j < count; ++j) {
      at.h[j] = (column + j) / g_.out[1] * g_.strides[0] - g_.pads[0];
      at.w[j] = (column + j) % g_.out[1] * g_.strides[1] - g_.pads[1];
    }
    at.contiguous = g_.strides[1] == 1 && column / g_.out[1] == (column + count - 1) / g_.out[1];
    return at;
  }

  bool inside(std::int64_t h, std::int64_t w) const {
    return h >= 0 && h < g_.input[0] && w >= 0 && w < g_.input[1];
  }

  void pack_row(const float* plane, std::int64_t down, std::int64_t right, const Columns& at,
                float* to) const {
    const std::int64_t last = at.count - 1;
    if (at.contiguous && inside(at.h[0] + down, at.w[0] + right) &&
        inside(at.h[0] + down, at.w[last] + right)) {
      std::copy_n(plane + (at.h[0] + down) * g_.input[1] + at.w[0] + right, at.count, to);
      return;
    }
    for (std::int64_t j = 0; j < at.count; ++j) {
      const std::int64_t h = at.h[j] + down;
      const std::int64_t w = at.w[j] + right;
      to[j] = inside(h, w) ? plane[h * g_.input[1] + w] : 0.0F;
    }
  }

  const SpatialGeometry& g_;
  const float* image_;
};

}  // namespace

std::unique_ptr<PanelSource> patch_source(const SpatialGeometry& geometry, const float* image) {
  const std::array<std::int64_t, 2> one = {1, 1};
  const std::array<std::int64_t, 4> none = {0, 0, 0, 0};
  const bool is_matrix = geometry.kernel == one && geometry.strides == one && geometry.pads == none;
  if (is_matrix)
    return std::make_unique<MatrixSource>(MatrixView{image, geometry.input[0] * geometry.input[1]});
  return std::make_unique<Patches>(geometry, image);
}

void add_patches(const SpatialGeometry& g, std::int64_t channels, const float* matrix,
                 float* image) {
  for (std::int64_t c = 0; c < channels; ++c, image += g.input[0] * g.input[1])
    for (std::int64_t kh = 0; kh < g.kernel[0]; ++kh)
      for (std::int64_t kw = 0; kw < g.kernel[1]; ++kw)
        for (std::int64_t oh = 0; oh < g.out[0]; ++oh, matrix += g.out[1]) {
          const std::int64_t h = oh * g.strides[0] + kh * g.dilations[0] - g.pads[0];
          if (h < 0 || h >= g.input[0]) continue;
          for (std::int64_t ow = 0; ow < g.out[1]; ++ow) {
            const std::int64_t w = ow * g.strides[1] + kw * g.dilations[1] - g.pads[1];
            if (w >= 0 && w < g.input[1]) image[h * g.input[1] + w] += matrix[ow];
          }
        }
}

void fill_with_bias(Tensor& y, const Tensor& bias) {
  const std::int64_t pixels = elements_between(y.shape, 2, rank_of(y.shape));
  float* to = y.floats.data();
  for (std::int64_t image = 0; image < y.shape[0]; ++image)
    for (const float value : bias.floats) to = std::fill_n(to, pixels, value);
}

}  // namespace systolith
