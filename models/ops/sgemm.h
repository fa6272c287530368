// The one matrix product behind Conv, Gemm and MatMul, in fp32.
#pragma once

#include <cstdint>

namespace systolith {

// c[m x n] += a[m x k] * b[k x n].
struct SgemmExtent {
  std::int64_t m = 0, n = 0, k = 0;
};

// Row-major (or any strided) matrix, in elements.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t row_stride = 0, column_stride = 1;
};

// Panels are never wider.
inline constexpr std::int64_t kMaxPanelWidth = 16;

// Where b comes from, a block at a time, so that a convolution's patches need not be materialised.
class PanelSource {
 public:
  virtual ~PanelSource() = default;
  // panel[(i - k_begin) * width + j] = b[i][column + j] for k_begin <= i < k_end, j < columns.
  // Requires: columns <= width <= kMaxPanelWidth. The other `width - columns` of a row may be left
  // as they are.
  virtual void pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column,
                    std::int64_t columns, std::int64_t width, float* panel) const = 0;
};

class MatrixSource : public PanelSource {
 public:
  explicit MatrixSource(MatrixView b) : b_(b) {}
  void pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column, std::int64_t columns,
            std::int64_t width, float* panel) const override;

 private:
  MatrixView b_;
};

// Another source's transpose.
class TransposedSource : public PanelSource {
 public:
  explicit TransposedSource(const PanelSource& of) : of_(of) {}
  void pack(std::int64_t k_begin, std::int64_t k_end, std::int64_t column, std::int64_t columns,
            std::int64_t width, float* panel) const override;

 private:
  const PanelSource& of_;
};

// Every element of c starts at its value and adds a[i][0] * b[0][j], a[i][1] * b[1][j] … in this
// order, each product and sum rounded to fp32: the result doesn't depend on the host's vectors.
// Rows of c lie c_stride apart. Requires: a.column_stride == 1.
void sgemm(const SgemmExtent& extent, MatrixView a, const PanelSource& b, float* c,
           std::int64_t c_stride);

}  // namespace systolith
