#include "hw/dram/channel_interleave.h"

namespace systolith {

ChannelInterleave::ChannelInterleave(const DramConfig& dram, Bytes request) : granule_(0) {
  const std::int64_t largest = request.count();
  std::int64_t below = dram.burst().count();  // of the fields so far: bytes, then values
  const DramMapping mapping(dram.mapping, dram.extents());
  for (const DramMapping::Digit& digit : mapping.digits()) {
    if (digit.field != DramField::channel) {
      below *= digit.values;
      continue;
    }
    if (slices_.empty())
      granule_ = static_cast<std::uint64_t>(round_up(below, largest));
    else
      slices_.back().above = static_cast<std::uint64_t>(below);
    slices_.push_back({static_cast<std::uint64_t>(digit.values), digit.step, 0});
    below = 1;
  }
  if (slices_.empty()) granule_ = static_cast<std::uint64_t>(below);
}

}  // namespace systolith
