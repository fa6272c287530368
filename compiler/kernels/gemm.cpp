#include "compiler/kernels/gemm.h"

#include <cstring>

#include "hw/arith/overflow.h"

namespace systolith {
namespace {

template <int kRows, int kCols>
void integer_block(std::int64_t k, const std::int16_t* a, const std::int16_t* b,
                   std::int64_t stride, std::int32_t* sums, std::int64_t sums_stride) {
  std::uint32_t sum[kRows][kCols] = {};
  for (std::int64_t i = 0; i < k; ++i)
    for (int r = 0; r < kRows; ++r)
      for (int c = 0; c < kCols; ++c)
        sum[r][c] += static_cast<std::uint32_t>(std::int32_t{a[r * stride + i]} *
                                                std::int32_t{b[c * stride + i]});
  for (int r = 0; r < kRows; ++r)
    for (int c = 0; c < kCols; ++c) sums[r * sums_stride + c] = wrapped(sum[r][c]);
}

template <int kRows>
void integer_rows(const GemmShape& shape, const std::int16_t* a, const std::int16_t* b,
                  std::int32_t* sums) {
  std::int64_t n = 0;
  for (; n + 4 <= shape.n; n += 4)
    integer_block<kRows, 4>(shape.k, a, b + n * shape.k, shape.k, sums + n, shape.n);
  for (; n < shape.n; ++n)
    integer_block<kRows, 1>(shape.k, a, b + n * shape.k, shape.k, sums + n, shape.n);
}

// Four neighbouring columns; element by element IEEE binary32, so the order within a column holds.
typedef float Vector __attribute__((vector_size(16)));
constexpr std::int64_t kLanes = 4;

Vector load(const float* p) {
  Vector v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// kRows rows by two vectors of columns.
template <int kRows>
void ordered_block(const GemmShape& shape, const std::vector<std::int64_t>& run_ends,
                   const float* a, const float* b, float* sums) {
  Vector total[kRows][2] = {};
  std::int64_t k = 0;
  for (const std::int64_t end : run_ends) {
    Vector run[kRows][2] = {};
    for (; k < end; ++k) {
      const Vector low = load(b + k * shape.n), high = load(b + k * shape.n + kLanes);
      for (int r = 0; r < kRows; ++r) {
        run[r][0] += a[r * shape.k + k] * low;
        run[r][1] += a[r * shape.k + k] * high;
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < 2; ++v) total[r][v] += run[r][v];
  }
  for (int r = 0; r < kRows; ++r) std::memcpy(sums + r * shape.n, total[r], sizeof total[r]);
}

void ordered_column(const GemmShape& shape, const std::vector<std::int64_t>& run_ends,
                    const float* a, const float* b, float* sum) {
  *sum = 0;
  std::int64_t k = 0;
  for (const std::int64_t end : run_ends) {
    float run = 0;
    for (; k < end; ++k) run += a[k] * b[k * shape.n];
    *sum += run;
  }
}

template <int kRows>
void ordered_rows(const GemmShape& shape, const std::vector<std::int64_t>& run_ends, const float* a,
                  const float* b, float* sums) {
  std::int64_t n = 0;
  for (; n + 2 * kLanes <= shape.n; n += 2 * kLanes)
    ordered_block<kRows>(shape, run_ends, a, b + n, sums + n);
  for (; n < shape.n; ++n)
    for (int r = 0; r < kRows; ++r)
      ordered_column(shape, run_ends, a + r * shape.k, b + n, sums + r * shape.n + n);
}

}  // namespace

void gemm_integer(const GemmShape& shape, const std::int16_t* a, const std::int16_t* b,
                  std::int32_t* sums) {
  std::int64_t m = 0;
  for (; m + 4 <= shape.m; m += 4) integer_rows<4>(shape, a + m * shape.k, b, sums + m * shape.n);
  for (; m < shape.m; ++m) integer_rows<1>(shape, a + m * shape.k, b, sums + m * shape.n);
}

void gemm_saturating(const GemmShape& shape, const std::vector<std::int64_t>& run_ends,
                     const std::int16_t* a, const std::int16_t* b, std::int32_t* sums) {
  for (std::int64_t m = 0; m < shape.m; ++m, a += shape.k)
    for (std::int64_t n = 0; n < shape.n; ++n) {
      std::int32_t total = 0;
      std::int64_t k = 0;
      for (const std::int64_t end : run_ends) {
        std::int32_t run = 0;
        for (; k < end; ++k)
          run = saturated(std::int64_t{run} + std::int32_t{a[k]} * b[n * shape.k + k]);
        total = saturated(std::int64_t{total} + run);
      }
      *sums++ = total;
    }
}

void gemm_ordered(const GemmShape& shape, const std::vector<std::int64_t>& run_ends, const float* a,
                  const float* b, float* sums) {
  std::int64_t m = 0;
  for (; m + 4 <= shape.m; m += 4)
    ordered_rows<4>(shape, run_ends, a + m * shape.k, b, sums + m * shape.n);
  for (; m < shape.m; ++m) ordered_rows<1>(shape, run_ends, a + m * shape.k, b, sums + m * shape.n);
}

}  // namespace systolith
