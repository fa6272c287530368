// Which memories there are, and how every tenant's addresses reach them. Tenants address their own
// part of each memory from 0 on (hw/arch/partition.h); caches and FIFOs see one range of addresses
// over all of their channels, granule by granule in turn. Under strict isolation a tenant has
// channels and levels of its own in the place of those it shares, as fast as its shares: time
// division by fixed slots, in which nobody hears of the others.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/level_paths.h"
#include "hw/arch/partition.h"
#include "hw/dram/channel_interleave.h"
#include "hw/dram/dram.h"
#include "hw/noc/interconnect.h"

namespace systolith {

class MemoryMap {
 public:
  MemoryMap(const Machine& machine, const Partition& partition);

  struct Level {
    LevelConfig config;
    std::optional<std::size_t> next;    // of those that are passed through: a level; else DRAM
    std::vector<std::size_t> channels;  // behind it
  };
  // Ports of the interconnect lead to the channels, then to the levels.
  const std::vector<DramChannelSpec>& channels() const { return channels_; }
  const std::vector<Level>& levels() const { return levels_; }
  std::vector<Bytes> port_widths() const;

  // Who asks: two ports for every logical core, the host, the levels that are passed through.
  std::size_t askers() const { return askers_.size(); }
  std::size_t host() const { return host_; }
  std::size_t asker_of_level(std::size_t level) const;
  // Places in the interconnect: every core, then the levels, the channels, the host.
  std::size_t node_of_asker(std::size_t asker) const;
  std::size_t node_of_level(std::size_t level) const { return host_ / 2 + level; }
  std::size_t node_of_channel(std::size_t channel) const {
    return host_ / 2 + levels_.size() + channel;
  }
  // Not allowed: beyond the tenant's part, or a level that is not the core's.
  Route route(std::size_t asker, TenantId tenant, std::uint64_t address, std::int64_t bytes) const;
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
  struct Asker {
    std::optional<std::int64_t> core;  // physical
    std::optional<std::size_t> level;
  };

  void add_shared(const Machine& machine);
  void add_askers(const Machine& machine);
  Route to_level(const Asker& asker, const Way& way, std::size_t level, std::uint64_t address,
                 std::int64_t bytes) const;
  Route to_dram(const Asker& asker, const Way& way, std::uint64_t address,
                std::int64_t bytes) const;
  Route behind(const Level& level, std::uint64_t address) const;
  std::uint64_t in_all_channels(const Level& level, std::size_t channel,
                                std::uint64_t address) const;
  Way way_of(const Machine& machine, const Partition& partition, std::size_t tenant);
  std::size_t channel_of(const Machine& machine, const Partition& partition, std::size_t tenant,
                         std::int64_t channel);
  std::size_t level_of(const Machine& machine, const Partition& partition, std::size_t tenant,
                       std::size_t level);

  LevelPaths paths_;
  std::uint64_t granule_ = 0;  // of the machine's own mapping
  std::vector<DramChannelSpec> channels_;
  std::vector<Level> levels_;
  std::vector<Asker> askers_;
  std::size_t host_ = 0;
  std::vector<Bytes> channel_widths_, level_widths_;
  TenantTable<Way> ways_;
};

}  // namespace systolith
