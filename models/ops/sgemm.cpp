#include "models/ops/sgemm.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "hw/base/units.h"

namespace systolith {
namespace {

constexpr std::int64_t kRows = 4;        // of c, per block: 4 x 2 vectors stay in 16 registers
constexpr std::int64_t kDepth = 256;     // of a panel: 256 x 16 x 4 B stay in a first-level cache
constexpr std::int64_t kColumns = 256;   // packed at once: 256 KiB, for the second level
constexpr std::int64_t kRowBlock = 128;  // of a, per panel: 128 KiB beside them

template <int kLanes>
using Vector [[gnu::vector_size(kLanes * sizeof(float))]] = float;

template <int kLanes>
[[gnu::always_inline]] inline void load(Vector<kLanes>& vector, const float* from) {
  std::memcpy(&vector, from, sizeof(vector));
}
template <int kLanes>
[[gnu::always_inline]] inline void store(const Vector<kLanes>& vector, float* to) {
  std::memcpy(to, &vector, sizeof(vector));
}

// c[rows x 2 * kLanes] += a[rows x k] * panel[k x 2 * kLanes]. Lanes are columns of c, so each
// element's sum is in the order of k however wide the vectors are.
template <int kLanes, int kBlockRows>
[[gnu::always_inline]] inline void multiply_rows(const float* a, std::int64_t a_stride,
                                                 const float* panel, std::int64_t k, float* c,
                                                 std::int64_t c_stride) {
  Vector<kLanes> sum[kBlockRows][2];
#pragma GCC unroll 4
  for (int r = 0; r < kBlockRows; ++r) {
    load<kLanes>(sum[r][0], c + r * c_stride);
    load<kLanes>(sum[r][1], c + r * c_stride + kLanes);
  }
  for (std::int64_t i = 0; i < k; ++i, panel += 2 * kLanes) {
    Vector<kLanes> b[2];
    load<kLanes>(b[0], panel);
    load<kLanes>(b[1], panel + kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < kBlockRows; ++r) {
      const float scalar = a[r * a_stride + i];
      sum[r][0] += scalar * b[0];
      sum[r][1] += scalar * b[1];
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kBlockRows; ++r) {
    store<kLanes>(sum[r][0], c + r * c_stride);
    store<kLanes>(sum[r][1], c + r * c_stride + kLanes);
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void multiply(std::int64_t rows, const float* a,
                                            std::int64_t a_stride, const float* panel,
                                            std::int64_t k, float* c, std::int64_t c_stride) {
  for (; rows >= kRows; rows -= kRows, a += kRows * a_stride, c += kRows * c_stride)
    multiply_rows<kLanes, kRows>(a, a_stride, panel, k, c, c_stride);
  for (; rows > 0; --rows, a += a_stride, c += c_stride)
    multiply_rows<kLanes, 1>(a, a_stride, panel, k, c, c_stride);
}

// A multiply() for the host's vectors, and the columns it takes at a time.
struct Kernel {
  std::int64_t width;
  void (*run)(std::int64_t rows, const float* a, std::int64_t a_stride, const float* panel,
              std::int64_t k, float* c, std::int64_t c_stride);
};

void multiply_baseline(std::int64_t rows, const float* a, std::int64_t a_stride, const float* panel,
                       std::int64_t k, float* c, std::int64_t c_stride) {
  multiply<4>(rows, a, a_stride, panel, k, c, c_stride);
}

#ifdef __x86_64__
[[gnu::target("avx2")]] void multiply_avx2(std::int64_t rows, const float* a, std::int64_t a_stride,
                                           const float* panel, std::int64_t k, float* c,
                                           std::int64_t c_stride) {
  multiply<8>(rows, a, a_stride, panel, k, c, c_stride);
}
#endif

Kernel host_kernel() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return {kMaxPanelWidth, multiply_avx2};
#endif
  return {8, multiply_baseline};
}

// A panel that is partly outside c works on a copy.
void multiply_edge(const Kernel& kernel, std::int64_t rows, std::int64_t columns, const float* a,
                   std::int64_t a_stride, const float* panel, std::int64_t k, float* c,
                   std::int64_t c_stride) {
  std::vector<float> copy(static_cast<std::size_t>(rows * kernel.width));
  for (std::int64_t i = 0; i < rows; ++i)
    std::copy_n(c + i * c_stride, columns, &copy[static_cast<std::size_t>(i * kernel.width)]);
  kernel.run(rows, a, a_stride, panel, k, copy.data(), kernel.width);
  for (std::int64_t i = 0; i < rows; ++i)
    std::copy_n(&copy[static_cast<std::size_t>(i * kernel.width)], columns, c + i * c_stride);
}

// c[m x n] += a[m x k] * b, b's panels lying one after the other.
void multiply_panels(const Kernel& kernel, const SgemmExtent& extent, const float* a,
                     std::int64_t a_stride, const float* panel, float* c, std::int64_t c_stride) {
  for (std::int64_t j = 0; j < extent.n; j += kernel.width, panel += kernel.width * extent.k) {
    if (j + kernel.width <= extent.n)
      kernel.run(extent.m, a, a_stride, panel, extent.k, c + j, c_stride);
    else
      multiply_edge(kernel, extent.m, extent.n - j, a, a_stride, panel, extent.k, c + j, c_stride);
  }
}

}  // namespace

void MatrixSource::pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column,
                        std::int64_t columns, std::int64_t width, float* panel) const {
  for (std::int64_t i = k_begin; i < k_end; ++i, panel += width) {
    const float* from = b_.data + i * b_.row_stride + column * b_.column_stride;
    for (std::int64_t j = 0; j < columns; ++j) panel[j] = from[j * b_.column_stride];
  }
}

void TransposedSource::pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column,
                            std::int64_t columns, std::int64_t width, float* panel) const {
  float block[kMaxPanelWidth * kMaxPanelWidth];
  for (std::int64_t k = k_begin; k < k_end; k += kMaxPanelWidth) {
    const std::int64_t rows = std::min(kMaxPanelWidth, k_end - k);
    of_.pack(column, column + columns, k, rows, kMaxPanelWidth, block);
    for (std::int64_t i = 0; i < rows; ++i, panel += width)
      for (std::int64_t j = 0; j < columns; ++j) panel[j] = block[j * kMaxPanelWidth + i];
  }
}

void sgemm(const SgemmExtent& extent, MatrixView a, const PanelSource& b, float* c,
           std::int64_t c_stride) {
  static const Kernel kernel = host_kernel();
  const std::int64_t width = kernel.width;
  std::vector<float> packed(static_cast<std::size_t>(
      std::min(extent.k, kDepth) * round_up(std::min(extent.n, kColumns), width)));
  for (std::int64_t n = 0; n < extent.n; n += kColumns) {
    const std::int64_t columns = std::min(extent.n - n, kColumns);
    for (std::int64_t k = 0; k < extent.k; k += kDepth) {
      const std::int64_t depth = std::min(extent.k - k, kDepth);
      for (std::int64_t j = 0; j < columns; j += width)
        b.pack(k, k + depth, n + j, std::min(width, columns - j), width, &packed[j * depth]);
      for (std::int64_t m = 0; m < extent.m; m += kRowBlock) {
        const std::int64_t rows = std::min(extent.m - m, kRowBlock);
        multiply_panels(kernel, {rows, columns, depth}, a.data + m * a.row_stride + k, a.row_stride,
                        packed.data(), c + m * c_stride + n, c_stride);
      }
    }
  }
}

}  // namespace systolith
