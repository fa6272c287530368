// The largest value of a pooling window: of MaxPool and its gradient.
#pragma once

#include <limits>
#include <utility>

#include "models/ops/spatial.h"

namespace systolith {

// What no value is below: of windows that hold nothing but padding.
template <class T>
T lowest() {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
}

// The window's largest value, and its index in the plane (-1: the window is all padding). The first
// of equals wins; NaN never does.
template <class T>
std::pair<T, std::int64_t> largest(const SpatialGeometry& g, const T* plane, const Taps& rows,
                                   const Taps& columns) {
  T best = lowest<T>();
  std::int64_t at = -1;
  for (std::int64_t kh = rows.begin; kh < rows.end; ++kh) {
    const std::int64_t row = (rows.first + kh * g.dilations[0]) * g.input[1];
    for (std::int64_t kw = columns.begin; kw < columns.end; ++kw) {
      const std::int64_t index = row + columns.first + kw * g.dilations[1];
      if (!(plane[index] > best) && at >= 0) continue;
      best = plane[index];
      at = index;
    }
  }
  return {best, at};
}

}  // namespace systolith
