// N:M structured sparsity: of every m consecutive contraction indices of a column at most n weights
// are not zero, and only n are stored, each with its place among the m (NVIDIA A100's 2:4; the
// layer-wise and row-wise N:M of SCALE-Sim v3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

struct Sparsity {
  std::int32_t n = 1, m = 1;  // 1:1 is dense

  bool dense() const { return n == m; }
  // Weights of a column that are stored for `count` contraction indices. Requires: m divides count.
  std::int64_t stored(std::int64_t count) const { return count / m * n; }
  // Of a weight's place among m; m is a power of two.
  int index_bits() const {
    int bits = 0;
    while ((1 << bits) < m) ++bits;
    return bits;
  }
  // Of the places of `cols` weights side by side.
  std::int64_t index_bytes(std::int64_t cols) const { return ceil_div(cols * index_bits(), 8); }

  friend bool operator==(Sparsity a, Sparsity b) { return a.n == b.n && a.m == b.m; }
  friend bool operator<(Sparsity a, Sparsity b) {  // that which stores less first
    return a.n * b.m != b.n * a.m ? a.n * b.m < b.n * a.m : a.m < b.m;
  }
};

std::string to_string(Sparsity sparsity);  // "2:4"
// What an array may be built for.
const std::vector<std::string>& sparsity_names();
// Throws UserError where it is none of sparsity_names().
Sparsity sparsity_from_name(std::string_view name);

}  // namespace systolith
