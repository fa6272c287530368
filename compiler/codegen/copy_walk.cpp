#include "compiler/codegen/copy_walk.h"

#include <algorithm>

namespace systolith {

Walk::Walk(const CopyPiece& piece)
    : source_offset(piece.source_offset), destination_offset(piece.destination_offset) {
  for (std::size_t d = 0; d < piece.extent.size(); ++d)
    if (piece.extent[d] != 1)
      dimensions.push_back(
          {piece.extent[d], piece.source_strides[d], piece.destination_strides[d]});
  std::stable_sort(dimensions.begin(), dimensions.end(),
                   [](const auto& a, const auto& b) { return a.destination > b.destination; });
  for (std::size_t d = dimensions.size(); d-- > 1;) {
    Dimension& outer = dimensions[d - 1];
    const Dimension& inner = dimensions[d];
    if (outer.source != inner.source * inner.extent ||
        outer.destination != inner.destination * inner.extent)
      continue;
    outer = {outer.extent * inner.extent, inner.source, inner.destination};
    dimensions.erase(dimensions.begin() + static_cast<std::ptrdiff_t>(d));
  }
  if (dimensions.empty()) dimensions.push_back({1, 1, 1});
}

std::int64_t Walk::elements() const {
  std::int64_t product = 1;
  for (const Dimension& d : dimensions) product *= d.extent;
  return product;
}

std::int64_t Walk::source_span() const {
  std::int64_t last = 0;
  for (const Dimension& d : dimensions) last += (d.extent - 1) * std::abs(d.source);
  return last + 1;
}

std::int64_t Walk::source_lead() const {
  std::int64_t lead = 0;
  for (const Dimension& d : dimensions)
    lead += (d.extent - 1) * std::max<std::int64_t>(-d.source, 0);
  return lead;
}

std::int64_t Walk::destination_span() const {
  std::int64_t last = 0;
  for (const Dimension& d : dimensions) last += (d.extent - 1) * d.destination;
  return last + 1;
}

std::int64_t Walk::run() const {
  const Dimension& inner = dimensions.back();
  return inner.source == 1 && inner.destination == 1 ? inner.extent : 1;
}

std::size_t Walk::real_dimensions() const {
  return static_cast<std::size_t>(std::count_if(dimensions.begin(), dimensions.end(),
                                                [](const Dimension& d) { return d.extent != 1; }));
}

namespace {

class Cutter {
 public:
  Cutter(std::int64_t run_unit, const std::function<bool(const Walk&)>& small_enough)
      : run_unit_(run_unit), small_enough_(small_enough) {}

  void cut(const Walk& walk) {
    std::size_t d = 0;
    while (d + 1 < walk.dimensions.size() && walk.dimensions[d].extent == 1) ++d;
    const std::int64_t unit = d + 1 == walk.dimensions.size() ? run_unit_ : 1;
    const Walk::Dimension whole = walk.dimensions[d];
    if (whole.extent <= unit || small_enough_(walk)) {
      parts.push_back(walk);
      return;
    }
    const std::int64_t half = std::max(whole.extent / 2 / unit * unit, unit);
    Walk first = walk, second = walk;
    first.dimensions[d].extent = half;
    second.dimensions[d].extent = whole.extent - half;
    second.source_offset += half * whole.source;
    second.destination_offset += half * whole.destination;
    cut(first);
    cut(second);
  }

  std::vector<Walk> parts;

 private:
  std::int64_t run_unit_;
  const std::function<bool(const Walk&)>& small_enough_;
};

}  // namespace

std::vector<Walk> cut(const Walk& walk, std::int64_t run_unit,
                      const std::function<bool(const Walk&)>& small_enough) {
  Cutter cutter(run_unit, small_enough);
  cutter.cut(walk);
  return std::move(cutter.parts);
}

}  // namespace systolith
