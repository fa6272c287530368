// A piece of a copy as nested loops, cut into parts that one command does.
#pragma once

#include <functional>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// A piece as a walk in the destination's order, outermost first, with mergeable dimensions merged.
struct Walk {
  struct Dimension {
    std::int64_t extent, source, destination;  // strides in elements
  };
  std::vector<Dimension> dimensions;
  std::int64_t source_offset, destination_offset;

  explicit Walk(const CopyPiece& piece);

  std::int64_t elements() const;
  // Elements from the first to the last in the order of addresses; a source may be walked
  // backwards, then its first one lies `source_lead` behind the begin.
  std::int64_t source_span() const;
  std::int64_t source_lead() const;
  std::int64_t destination_span() const;
  // Elements of the innermost run that is one in both; 1 where the order changes.
  std::int64_t run() const;
  // Of more than one element.
  std::size_t real_dimensions() const;
};

// Cuts a walk along its outermost dimensions until each part is small enough or a single element;
// its runs at multiples of `run_unit`.
std::vector<Walk> cut(const Walk& walk, std::int64_t run_unit,
                      const std::function<bool(const Walk&)>& small_enough);

}  // namespace systolith
