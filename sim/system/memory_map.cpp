#include "sim/system/memory_map.h"

#include <algorithm>

namespace systolith {
namespace {

DramConfig dram_of(const Machine& machine, const TenantPart& part) {
  DramConfig dram = machine.dram;
  dram.channels = static_cast<std::int64_t>(part.channels.size());
  return dram;
}

Bytes width_of(const Machine& machine, std::int64_t share) {
  const std::int64_t width = machine.interconnect.width.count();
  return Bytes(std::max<std::int64_t>(width * share / kWholeShare, 1));
}

std::string own_name(const std::string& shared, const TenantPart& part) {
  return shared + "_" + part.name;
}

}  // namespace

MemoryMap::MemoryMap(const Machine& machine, const Partition& partition) {
  if (!partition.strict) add_shared(machine);
  std::vector<Way> ways;
  for (std::size_t tenant = 0; tenant < partition.parts.size(); ++tenant)
    ways.push_back(way_of(machine, partition, tenant));
  ways_ = TenantTable<Way>(std::move(ways));
}

void MemoryMap::add_shared(const Machine& machine) {
  for (std::int64_t channel = 0; channel < machine.dram.channels; ++channel)
    channels_.push_back({fmt::format("channel{}", channel), machine.dram});
  levels_ = machine.memory;
  channel_widths_.assign(channels_.size(), machine.interconnect.width);
  level_widths_.assign(levels_.size(), machine.interconnect.width);
}

MemoryMap::Way MemoryMap::way_of(const Machine& machine, const Partition& partition,
                                 std::size_t tenant) {
  const TenantPart& part = partition.parts[tenant];
  Way way{ChannelInterleave(dram_of(machine, part), machine.core.dma.burst),
          {},
          {},
          part.dram,
          part.levels};
  for (const std::int64_t channel : part.channels)
    way.channels.push_back(channel_of(machine, partition, tenant, channel));
  for (std::size_t level = 0; level < machine.memory.size(); ++level)
    way.levels.push_back(level_of(machine, partition, tenant, level));
  return way;
}

std::size_t MemoryMap::channel_of(const Machine& machine, const Partition& partition,
                                  std::size_t tenant, std::int64_t channel) {
  if (!partition.strict) return static_cast<std::size_t>(channel);
  const TenantPart& part = partition.parts[tenant];
  channels_.push_back({own_name(fmt::format("channel{}", channel), part),
                       sliced(machine.dram, part.dram_share)});
  channel_widths_.push_back(width_of(machine, part.dram_share));
  return channels_.size() - 1;
}

std::size_t MemoryMap::level_of(const Machine& machine, const Partition& partition,
                                std::size_t tenant, std::size_t level) {
  if (!partition.strict) return level;
  const TenantPart& part = partition.parts[tenant];
  levels_.push_back(sliced(machine.memory[level], part.level_share));
  levels_.back().name = own_name(levels_.back().name, part);
  level_widths_.push_back(width_of(machine, part.level_share));
  return levels_.size() - 1;
}

std::vector<Bytes> MemoryMap::port_widths() const {
  std::vector<Bytes> widths = channel_widths_;
  widths.insert(widths.end(), level_widths_.begin(), level_widths_.end());
  return widths;
}

Route MemoryMap::route(TenantId tenant, std::uint64_t address, std::int64_t bytes) const {
  constexpr Route kRefused{0, 0, false};
  const Way& way = ways_[tenant];
  const auto within = [&](std::uint64_t begin, std::int64_t size) {
    return begin + static_cast<std::uint64_t>(bytes) <= static_cast<std::uint64_t>(size);
  };
  const int level = AddressMap::level_of(address);
  if (level >= static_cast<int>(way.levels.size())) return kRefused;
  if (level >= 0) {
    const auto l = static_cast<std::size_t>(level);
    const std::uint64_t offset = AddressMap::offset(address);
    if (!within(offset, way.level_regions[l].size.count())) return kRefused;
    return {channels_.size() + way.levels[l], way.level_regions[l].base + offset};
  }
  const auto channels = static_cast<std::int64_t>(way.channels.size());
  if (!within(address, way.dram.size.count() * channels)) return kRefused;
  const ChannelInterleave::Place place = way.interleave.place(address);
  return {way.channels[static_cast<std::size_t>(place.channel)], way.dram.base + place.address};
}

}  // namespace systolith
