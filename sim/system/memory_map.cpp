#include "sim/system/memory_map.h"

#include <algorithm>
#include <numeric>

#include "hw/arch/logical_cores.h"

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

constexpr Route kRefused{0, 0, false};

bool within(std::uint64_t begin, std::int64_t bytes, Bytes size) {
  return begin + static_cast<std::uint64_t>(bytes) <= static_cast<std::uint64_t>(size.count());
}

std::string own_name(const std::string& shared, const TenantPart& part) {
  return shared + "_" + part.name;
}

}  // namespace

MemoryMap::MemoryMap(const Machine& machine, const Partition& partition) : paths_(machine) {
  granule_ = static_cast<std::uint64_t>(
      ChannelInterleave(machine.dram, largest_request(machine)).granule().count());
  if (!partition.strict) add_shared(machine);
  std::vector<Way> ways;
  for (std::size_t tenant = 0; tenant < partition.parts.size(); ++tenant)
    ways.push_back(way_of(machine, partition, tenant));
  ways_ = TenantTable<Way>(std::move(ways));
  add_askers(machine);
}

void MemoryMap::add_shared(const Machine& machine) {
  for (std::int64_t channel = 0; channel < machine.dram.channels; ++channel)
    channels_.push_back({fmt::format("channel{}", channel), machine.dram});
  std::vector<std::size_t> all(channels_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (std::size_t level = 0; level < machine.memory.size(); ++level)
    levels_.push_back({machine.memory[level], paths_.next(level), all});
  channel_widths_.assign(channels_.size(), machine.interconnect.width);
  level_widths_.assign(levels_.size(), machine.interconnect.width);
}

void MemoryMap::add_askers(const Machine& machine) {
  const std::int64_t logical = logical_core_count(machine);
  for (std::int64_t core = 0; core < logical; ++core)
    askers_.insert(askers_.end(), 2, {core / (logical / machine.core.count), {}});
  host_ = askers_.size();
  askers_.emplace_back();
  for (std::size_t level = 0; level < levels_.size(); ++level)
    if (!is_addressed(levels_[level].config)) askers_.push_back({{}, level});
}

std::size_t MemoryMap::asker_of_level(std::size_t level) const {
  std::size_t asker = host_ + 1;
  while (askers_[asker].level != level) ++asker;
  return asker;
}

MemoryMap::Way MemoryMap::way_of(const Machine& machine, const Partition& partition,
                                 std::size_t tenant) {
  const TenantPart& part = partition.parts[tenant];
  Way way{ChannelInterleave(dram_of(machine, part), largest_request(machine)),
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
  if (!machine.dram.plugin.empty() && part.dram_share < kWholeShare)
    user_error(
        "strict isolation divides the time of a DRAM channel by shares, which a plug-in's memory "
        "('{}') does not know of (allowed: channels of each tenant's own)",
        machine.dram.plugin);
  channels_.push_back(
      {own_name(fmt::format("channel{}", channel), part), sliced(machine.dram, part.dram_share)});
  channel_widths_.push_back(width_of(machine, part.dram_share));
  return channels_.size() - 1;
}

std::size_t MemoryMap::level_of(const Machine& machine, const Partition& partition,
                                std::size_t tenant, std::size_t level) {
  if (!partition.strict) return level;
  const TenantPart& part = partition.parts[tenant];
  LevelConfig own = sliced(machine.memory[level], part.level_share);
  own.name = own_name(own.name, part);
  if (!is_addressed(own)) own.capacity = part.levels[level].size;
  std::optional<std::size_t> next = paths_.next(level);
  if (next) *next += levels_.size() - level;  // the tenant's levels stand in the machine's order
  std::vector<std::size_t> channels(part.channels.size());
  std::iota(channels.begin(), channels.end(), channels_.size() - channels.size());
  levels_.push_back({own, next, channels});
  level_widths_.push_back(width_of(machine, part.level_share));
  return levels_.size() - 1;
}

std::vector<Bytes> MemoryMap::port_widths() const {
  std::vector<Bytes> widths = channel_widths_;
  widths.insert(widths.end(), level_widths_.begin(), level_widths_.end());
  return widths;
}

std::size_t MemoryMap::node_of_asker(std::size_t asker) const {
  if (askers_[asker].level) return node_of_level(*askers_[asker].level);
  return asker == host_ ? node_of_channel(channels_.size()) : asker / 2;
}

Route MemoryMap::route(std::size_t asker, TenantId tenant, std::uint64_t address,
                       std::int64_t bytes) const {
  const Asker& who = askers_[asker];
  if (who.level) return behind(levels_[*who.level], address);
  const Way& way = ways_[tenant];
  const int level = AddressMap::level_of(address);
  if (level >= 0) return to_level(who, way, static_cast<std::size_t>(level), address, bytes);
  return to_dram(who, way, address, bytes);
}

Route MemoryMap::to_level(const Asker& asker, const Way& way, std::size_t level,
                          std::uint64_t address, std::int64_t bytes) const {
  if (level >= way.levels.size()) return kRefused;
  const LevelConfig& config = levels_[way.levels[level]].config;
  if (!is_addressed(config) || (asker.core && !serves(config, *asker.core))) return kRefused;
  const std::uint64_t offset = AddressMap::offset(address);
  if (!within(offset, bytes, way.level_regions[level].size)) return kRefused;
  return {channels_.size() + way.levels[level], way.level_regions[level].base + offset};
}

Route MemoryMap::to_dram(const Asker& asker, const Way& way, std::uint64_t address,
                         std::int64_t bytes) const {
  const auto channels = static_cast<std::int64_t>(way.channels.size());
  if (!within(address, bytes, way.dram.size * channels)) return kRefused;
  const ChannelInterleave::Place place = way.interleave.place(address);
  const std::size_t channel = way.channels[static_cast<std::size_t>(place.channel)];
  const std::uint64_t in_channel = way.dram.base + place.address;
  const auto entry = asker.core ? paths_.entry(*asker.core) : std::nullopt;
  if (!entry) return {channel, in_channel};
  const std::size_t level = way.levels[*entry];
  return {channels_.size() + level, in_all_channels(levels_[level], channel, in_channel)};
}

// What a level passes on has been checked where it came in.
Route MemoryMap::behind(const Level& level, std::uint64_t address) const {
  if (level.next) return {channels_.size() + *level.next, address};
  const std::uint64_t count = level.channels.size(), block = address / granule_;
  return {level.channels[block % count], block / count * granule_ + address % granule_};
}

std::uint64_t MemoryMap::in_all_channels(const Level& level, std::size_t channel,
                                         std::uint64_t address) const {
  const auto found = std::find(level.channels.begin(), level.channels.end(), channel);
  const auto number = static_cast<std::uint64_t>(found - level.channels.begin());
  const std::uint64_t block = address / granule_ * level.channels.size() + number;
  return block * granule_ + address % granule_;
}

}  // namespace systolith
