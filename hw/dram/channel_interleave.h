// Which channel a DRAM address belongs to, from the mapping string: fields from the most to the
// least significant, e.g. "row:bank:column:bankgroup:channel"; the bytes of one request lie below.
// Channel counts need not be powers of two.
#pragma once

#include <cstdint>
#include <string>

#include "hw/arch/machine.h"

namespace systolith {

class ChannelInterleave {
 public:
  // Empty mapping: "row:bank:column:bankgroup:channel". `request` is the largest request, which
  // never spans two channels. Throws UserError: an unknown, repeated or missing field.
  ChannelInterleave(const DramConfig& dram, Bytes request);

  struct Place {
    std::int64_t channel;
    std::uint64_t address;  // within the channel
  };
  Place place(std::uint64_t address) const {
    const std::uint64_t block = address / granule_;
    return {static_cast<std::int64_t>(block % channels_),
            block / channels_ * granule_ + address % granule_};
  }
  // Contiguous bytes that stay on one channel.
  Bytes granule() const { return Bytes(static_cast<std::int64_t>(granule_)); }

 private:
  std::uint64_t channels_, granule_;
};

}  // namespace systolith
