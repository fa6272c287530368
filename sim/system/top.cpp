#include "sim/system/top.h"

#include <algorithm>
#include <string>

namespace systolith {

Top::Top(const sc_core::sc_module_name& name, const TopSpec& spec, RunMonitor& run)
    : sc_module(name),
      scoreboard("scoreboard", static_cast<std::size_t>(spec.machine.core.count)),
      dram("dram", spec.machine.dram, spec.values),
      interleave_(spec.machine.dram, spec.machine.core.dma.burst) {
  const Machine& machine = spec.machine;
  for (const LevelConfig& level : machine.memory)
    levels.push_back(registration<MemoryLevel>(level.kind)
                         .create(level.name.c_str(), {level, machine.clock, spec.values}));
  const auto count = static_cast<std::size_t>(machine.core.count);
  InterconnectSpec links;
  links.config = machine.interconnect;
  links.clock = machine.interconnect.clock.value_or(machine.clock);
  links.initiators = 2 * count + 1;
  links.targets = dram.channels.size() + levels.size();
  links.route = [this](std::uint64_t address) { return route(address); };
  interconnect =
      registration<Interconnect>(machine.interconnect.kind).create("interconnect", links);
  for (std::size_t i = 0; i < dram.channels.size(); ++i)
    interconnect->target_port(i).bind(dram.channels[i].socket);
  for (std::size_t i = 0; i < levels.size(); ++i)
    interconnect->target_port(dram.channels.size() + i).bind(levels[i]->target());
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = static_cast<CoreId>(i);
    const CommandFetch fetch = [next = spec.fetch, id](Command& command) {
      return next(id, command);
    };
    cores.push_back(std::make_unique<Core>(("core" + std::to_string(i)).c_str(),
                                           CoreSpec{machine, id, spec.values, spec.traced, fetch},
                                           run));
    cores[i]->scoreboard(scoreboard);
    cores[i]->load_dma.socket.bind(interconnect->initiator_port(2 * i));
    cores[i]->store_dma.socket.bind(interconnect->initiator_port(2 * i + 1));
  }
  host.bind(interconnect->initiator_port(2 * count));
}

Route Top::route(std::uint64_t address) const {
  const int level = AddressMap::level_of(address);
  if (level >= 0)
    return {dram.channels.size() + static_cast<std::size_t>(level), AddressMap::offset(address)};
  const ChannelInterleave::Place place = interleave_.place(address);
  return {static_cast<std::size_t>(place.channel), place.address};
}

void Top::access_memory(tlm::tlm_command command, std::uint64_t address, std::uint8_t* bytes,
                        std::int64_t count) {
  const std::int64_t granule = interleave_.granule().count();
  tlm::tlm_generic_payload request;
  while (count > 0) {
    const auto room =
        granule - static_cast<std::int64_t>(address % static_cast<std::uint64_t>(granule));
    const std::int64_t part = std::min({count, room, std::int64_t{1} << 20});
    request.set_command(command);
    request.set_address(address);
    request.set_data_ptr(bytes);
    request.set_data_length(static_cast<unsigned>(part));
    request.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    const unsigned moved = host->transport_dbg(request);
    if (moved != static_cast<unsigned>(part))
      user_error(
          "program does not fit the machine: its data at {:#x}, {} bytes, lies outside the "
          "memory",
          address, part);
    address += static_cast<std::uint64_t>(part);
    bytes += part;
    count -= part;
  }
}

void Top::write_memory(std::uint64_t address, const std::uint8_t* bytes, std::int64_t count) {
  access_memory(tlm::TLM_WRITE_COMMAND, address, const_cast<std::uint8_t*>(bytes), count);
}

void Top::read_memory(std::uint64_t address, std::uint8_t* bytes, std::int64_t count) {
  access_memory(tlm::TLM_READ_COMMAND, address, bytes, count);
}

}  // namespace systolith
