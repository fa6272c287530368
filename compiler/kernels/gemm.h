// The inner loops of the interpreter's convolution: plain C++ that compilers vectorise.
#pragma once

#include <cstdint>
#include <vector>

namespace systolith {

struct GemmShape {
  std::int64_t m = 0, k = 0, n = 0;
};

// sums[m][n] = sum over k of a[m][k] * b[n][k], modulo 2^32. k is a multiple of kIntegerRun (pad
// with zeros).
inline constexpr std::int64_t kIntegerRun = 8;
void gemm_integer(const GemmShape& shape, const std::int16_t* a, const std::int16_t* b,
                  std::int32_t* sums);

// The same, but every addition saturates: of a run's products, in order from zero, and of the runs'
// sums. `run_ends` as below, but the last may be short of k by the padding; rows are k apart.
void gemm_saturating(const GemmShape& shape, const std::vector<std::int64_t>& run_ends,
                     const std::int16_t* a, const std::int16_t* b, std::int32_t* sums);

// sums[m][n] = sum over the runs, first to last from the first's value, of (sum over the run's k,
// upwards from +0, of a[m][k] * b[k][n]), in fp32 without fused operations. `run_ends`: ascending,
// the last is k.
void gemm_ordered(const GemmShape& shape, const std::vector<std::int64_t>& run_ends, const float* a,
                  const float* b, float* sums);

}  // namespace systolith
