#include "hw/dram/channel_interleave.h"

namespace systolith {

ChannelInterleave::ChannelInterleave(const DramConfig& dram, Bytes request) {
  const std::int64_t largest = request.count();
  std::int64_t below = dram.burst().count();  // of the fields so far: bytes, then values
  const DramMapping mapping(dram.mapping, dram.extents());
  for (const DramMapping::Digit& digit : mapping.digits()) {
    if (digit.field != DramField::channel) {
      below *= digit.values;
      continue;
    }
    if (slices_.empty()) {
      granule_ = Divisor(static_cast<std::uint64_t>(round_up(below, largest)));
    } else {
      slices_.back().is_last = false;
      slices_.back().above = Divisor(static_cast<std::uint64_t>(below));
    }
    slices_.push_back({Divisor(static_cast<std::uint64_t>(digit.values)), digit.step});
    below = 1;
  }
  if (slices_.empty()) granule_ = Divisor(static_cast<std::uint64_t>(below));
}

}  // namespace systolith
