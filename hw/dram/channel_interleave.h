// Which channel a DRAM address belongs to, and where in the channel it lies: the mapping's digits
// of `channel` taken out of the address. Channel counts need not be powers of two.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

class ChannelInterleave {
 public:
  // `request` is the largest request, which never spans two channels: where the mapping would have
  // it change channels within, the channel's digits move up past it.
  // Throws UserError: an impossible mapping.
  ChannelInterleave(const DramConfig& dram, Bytes request);

  struct Place {
    std::int64_t channel;
    std::uint64_t address;  // within the channel
  };
  Place place(std::uint64_t address) const {
    Place place{0, address % granule_};
    std::uint64_t rest = address / granule_, worth = granule_;
    for (const Slice& slice : slices_) {
      place.channel += static_cast<std::int64_t>(rest % slice.channels) * slice.step;
      rest /= slice.channels;
      if (slice.above == 0) break;
      place.address += rest % slice.above * worth;
      worth *= slice.above;
      rest /= slice.above;
    }
    place.address += rest * worth;
    return place;
  }
  // Contiguous bytes that stay on one channel.
  Bytes granule() const { return Bytes(static_cast<std::int64_t>(granule_)); }

 private:
  struct Slice {  // bits of `channel`, or all of it
    std::uint64_t channels;
    std::int64_t step;    // what one is worth in the channel's number
    std::uint64_t above;  // values of the fields up to the next slice; 0 for the last one
  };

  std::uint64_t granule_;
  std::vector<Slice> slices_;  // the least significant first
};

}  // namespace systolith
