#include "sim/system/top.h"

#include <algorithm>
#include <string>

namespace systolith {

namespace {

// A dot separates the levels of the hierarchy: core0_1.
std::string module_name(const LogicalCore& core) {
  std::string name = "core" + core.number;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

}  // namespace

Top::Top(const sc_core::sc_module_name& name, const TopSpec& spec, RunMonitor& run)
    : sc_module(name),
      memory_map(spec.machine, spec.partition),
      scoreboard("scoreboard", static_cast<std::size_t>(logical_core_count(spec.machine))),
      dram("dram", memory_map.channels(), spec.values, calendar) {
  const Machine& machine = spec.machine;
  const std::vector<LogicalCore> logical = logical_cores(machine);
  for (const MemoryMap::Level& level : memory_map.levels()) {
    const LevelConfig& config = level.config;
    levels.push_back(
        registration<MemoryLevel>(config.kind)
            .create(config.name.c_str(), {config, config.clock.value_or(machine.clock), spec.values,
                                          calendar, static_cast<std::uint32_t>(levels.size())}));
  }
  interconnect = registration<Interconnect>(machine.interconnect.kind)
                     .create("interconnect", interconnect_spec(spec, logical));
  for (std::size_t i = 0; i < dram.channels.size(); ++i)
    interconnect->target_port(i).bind(dram.channels[i]->target());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    interconnect->target_port(dram.channels.size() + i).bind(levels[i]->target());
    if (levels[i]->behind() != nullptr)
      levels[i]->behind()->bind(interconnect->initiator_port(memory_map.asker_of_level(i)));
  }
  for (std::size_t i = 0; i < logical.size(); ++i) {
    const auto id = static_cast<CoreId>(i);
    const CommandFetch fetch = [next = spec.fetch, id](Command& command) {
      return next(id, command);
    };
    cores.push_back(std::make_unique<Core>(
        module_name(logical[i]).c_str(),
        CoreSpec{machine, logical[i], spec.partition, id, spec.values, spec.traced, fetch}, run,
        calendar));
    cores[i]->scoreboard(scoreboard);
    cores[i]->load_dma.socket.bind(interconnect->initiator_port(2 * i));
    cores[i]->store_dma.socket.bind(interconnect->initiator_port(2 * i + 1));
  }
  host.bind(interconnect->initiator_port(memory_map.host()));
}

InterconnectSpec Top::interconnect_spec(const TopSpec& spec,
                                        const std::vector<LogicalCore>& logical) {
  const Machine& machine = spec.machine;
  InterconnectSpec links;
  links.account_clock = machine.clock;
  links.layers = spec.layers;
  links.config = machine.interconnect;
  links.clock = machine.interconnect.clock.value_or(machine.clock);
  links.initiators = memory_map.askers();
  for (const LogicalCore& core : logical)
    links.initiator_widths.insert(links.initiator_widths.end(), 2, core.config.dma.width.value());
  links.initiator_widths.resize(links.initiators, machine.interconnect.width);
  links.targets = dram.channels.size() + levels.size();
  links.target_widths = memory_map.port_widths();
  for (std::size_t asker = 0; asker < links.initiators; ++asker)
    links.initiator_nodes.push_back(memory_map.node_of_asker(asker));
  for (std::size_t channel = 0; channel < dram.channels.size(); ++channel)
    links.target_nodes.push_back(memory_map.node_of_channel(channel));
  links.passes_on.assign(dram.channels.size(), false);
  links.full.assign(dram.channels.size(), Cause::dram_queue);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    links.target_nodes.push_back(memory_map.node_of_level(level));
    links.passes_on.push_back(levels[level]->behind() != nullptr);
    links.full.emplace_back(Cause::level_miss, static_cast<std::uint32_t>(level));
  }
  links.calendar = &calendar;
  links.largest_request = largest_request(machine);
  links.route = [this](std::size_t asker, TenantId tenant, std::uint64_t address,
                       std::int64_t bytes) {
    return memory_map.route(asker, tenant, address, bytes);
  };
  return links;
}

void Top::access_memory(tlm::tlm_command command, TenantId tenant, std::uint64_t address,
                        std::uint8_t* bytes, std::int64_t count) {
  const std::int64_t granule = memory_map.granule(tenant).count();
  BurstPool pool;
  BurstPayload& request = pool.take();
  request.tenant.tenant = tenant;
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
    if (moved == 0 && !memory_map.channels().front().config.plugin.empty())
      user_error(
          "the plug-in's memory takes no debug access at {:#x}, {} bytes: without it there are no "
          "values",
          address, part);
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

void Top::write_memory(TenantId tenant, std::uint64_t address, const std::uint8_t* bytes,
                       std::int64_t count) {
  access_memory(tlm::TLM_WRITE_COMMAND, tenant, address, const_cast<std::uint8_t*>(bytes), count);
}

void Top::read_memory(TenantId tenant, std::uint64_t address, std::uint8_t* bytes,
                      std::int64_t count) {
  access_memory(tlm::TLM_READ_COMMAND, tenant, address, bytes, count);
}

}  // namespace systolith
