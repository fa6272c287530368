// Which memories there are, and how every tenant's addresses reach them. Tenants address their own
// part of each memory from 0 on (hw/arch/partition.h). Under strict isolation a tenant has channels
// and levels of its own in the place of those it shares, as fast as its shares: time division by
// fixed slots, in which nobody hears of the others.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/partition.h"
#include "hw/dram/channel_interleave.h"
#include "hw/dram/dram.h"
#include "hw/noc/interconnect.h"

namespace systolith {

class MemoryMap {
 public:
  MemoryMap(const Machine& machine, const Partition& partition);

  // Ports of the interconnect lead to the channels, then to the levels.
  const std::vector<DramChannelSpec>& channels() const { return channels_; }
  const std::vector<LevelConfig>& levels() const { return levels_; }
  std::vector<Bytes> port_widths() const;

  // Not allowed: beyond the tenant's part.
  Route route(TenantId tenant, std::uint64_t address, std::int64_t bytes) const;
  // Contiguous bytes of the tenant's DRAM that stay on one channel.
  Bytes granule(TenantId tenant) const { return ways_[tenant].interleave.granule(); }

 private:
  struct Way {  // of one tenant
    ChannelInterleave interleave;
    std::vector<std::size_t> channels;  // indices into channels_
    std::vector<std::size_t> levels;    // indices into levels_
    Region dram;
    std::vector<Region> level_regions;
  };

  void add_shared(const Machine& machine);
  Way way_of(const Machine& machine, const Partition& partition, std::size_t tenant);
  std::size_t channel_of(const Machine& machine, const Partition& partition, std::size_t tenant,
                         std::int64_t channel);
  std::size_t level_of(const Machine& machine, const Partition& partition, std::size_t tenant,
                       std::size_t level);

  std::vector<DramChannelSpec> channels_;
  std::vector<LevelConfig> levels_;
  std::vector<Bytes> channel_widths_, level_widths_;
  TenantTable<Way> ways_;
};

}  // namespace systolith
