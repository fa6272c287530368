#include "compiler/kernels/layout.h"

namespace systolith {

std::array<std::int64_t, 4> physical_shape(const Shape& logical, Layout layout) {
  if (layout == Layout::hwio && logical.size() == 4)
    return {logical[2], logical[3], logical[1], logical[0]};
  switch (logical.size()) {
    case 0:
      return {1, 1, 1, 1};
    case 1:
      return {1, 1, 1, logical[0]};
    case 2:
      return {logical[0], 1, 1, logical[1]};
    case 4:
      return {logical[0], logical[2], logical[3], logical[1]};
    default: {
      const std::size_t last = logical.size() - 1;
      const std::int64_t outer = elements(Shape(logical.begin(), logical.end() - 2));
      return {outer, logical[last - 1], 1, logical[last]};
    }
  }
}

std::vector<std::int64_t> physical_strides(const Shape& logical, Layout layout) {
  if (layout == Layout::hwio && logical.size() == 4) {
    const std::int64_t outputs = logical[0], inputs = logical[1], width = logical[3];
    return {1, outputs, width * inputs * outputs, inputs * outputs};
  }
  if (logical.size() == 4) {
    const std::int64_t channels = logical[1], width = logical[3];
    return {logical[2] * width * channels, 1, width * channels, channels};
  }
  std::vector<std::int64_t> strides(logical.size(), 1);
  for (std::size_t i = logical.size(); i-- > 1;) strides[i - 1] = strides[i] * logical[i];
  return strides;
}

}  // namespace systolith
