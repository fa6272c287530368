#include "sim/cli/compare.h"

#include <algorithm>
#include <cmath>

namespace systolith::cli {
namespace {

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double product = 0, a_squared = 0, b_squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    a_squared += double{a[i]} * double{a[i]};
    b_squared += double{b[i]} * double{b[i]};
  }
  if (a_squared == 0 && b_squared == 0) return 1;
  if (a_squared == 0 || b_squared == 0) return 0;
  return product / std::sqrt(a_squared * b_squared);
}

}  // namespace

Agreement compare(const Tensor& simulated, const Tensor& reference) {
  SYSTOLITH_CHECK(simulated.floats.size() == reference.floats.size(), "{} elements against {}",
                  simulated.floats.size(), reference.floats.size());
  Agreement agreement;
  agreement.cosine = cosine(simulated.floats, reference.floats);
  agreement.entries = reference.shape.empty() ? 1 : reference.shape.front();
  if (reference.floats.empty()) return agreement;
  const auto length = static_cast<std::ptrdiff_t>(reference.floats.size()) / agreement.entries;
  for (std::int64_t n = 0; n < agreement.entries; ++n) {
    const auto largest = [&](const std::vector<float>& values) {
      const auto first = values.begin() + n * length;
      return std::max_element(first, first + length) - first;
    };
    agreement.top1 += largest(simulated.floats) == largest(reference.floats) ? 1 : 0;
  }
  return agreement;
}

}  // namespace systolith::cli
