// Which channel a DRAM address belongs to, and where in the channel it lies: the mapping's digits
// of `channel` taken out of the address. Channel counts need not be powers of two.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/base/divisor.h"

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
    if (slices_.empty()) return {0, address};
    Place place{0, granule_.remainder(address)};
    std::uint64_t rest = granule_.quotient(address), worth = granule_.value();
    for (const Slice& slice : slices_) {
      place.channel += static_cast<std::int64_t>(slice.channels.remainder(rest)) * slice.step;
      rest = slice.channels.quotient(rest);
      if (slice.is_last) break;
      place.address += slice.above.remainder(rest) * worth;
      worth *= slice.above.value();
      rest = slice.above.quotient(rest);
    }
    place.address += rest * worth;
    return place;
  }
  // Contiguous bytes that stay on one channel.
  Bytes granule() const { return Bytes(static_cast<std::int64_t>(granule_.value())); }

 private:
  struct Slice {  // bits of `channel`, or all of it
    Divisor channels;
    std::int64_t step;  // what one is worth in the channel's number
    bool is_last = true;
    Divisor above{1};  // values of the fields up to the next slice
  };

  Divisor granule_{1};
  std::vector<Slice> slices_;  // the least significant first
};

}  // namespace systolith
