#include "sim/serve/prepare.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "hw/arch/logical_cores.h"
#include "hw/isa/transfer_reach.h"
#include "hw/tenancy/borders.h"
#include "sim/serve/divide.h"
#include "traces/format/files.h"

namespace systolith {
namespace {

bool is_program_file(const std::string& workload) {
  const auto extension = std::filesystem::path(workload).extension();
  return extension != ".onnx" && std::filesystem::is_regular_file(workload);
}

// `whole`: all of the tenant's cores, whatever its part of them. A program that names more memory
// than the tenant has is let through: it is stopped at run time.
Program read_for(const TenantSpec& tenant, const Machine& whole, const Machine& own) {
  Program program = read_program(tenant.workload.workload);
  const std::uint64_t fingerprint = program.header.fingerprint;
  if (fingerprint != program_fingerprint(own) && fingerprint != program_fingerprint(whole))
    user_error(
        "'{}' was compiled for machine '{}', not for {} core(s) of '{}' (fingerprint {:016x}, "
        "{:016x} would do)",
        tenant.workload.workload, program.header.machine, own.core.count, whole.name, fingerprint,
        program_fingerprint(whole));
  return program;
}

Program compile_for(const TenantSpec& tenant, const Machine& own, bool with_values,
                    const std::function<void()>& poll) {
  CompileOptions options = compile_options(tenant.workload);
  options.poll = poll;
  options.with_values = with_values;
  return compile(load(tenant.workload), own, options).program;
}

Program program_of(const TenantSpec& tenant, const Machine& whole, const Machine& own,
                   bool with_values, const std::function<void()>& poll) {
  try {
    Program program = is_program_file(tenant.workload.workload)
                          ? read_for(tenant, whole, own)
                          : compile_for(tenant, own, with_values, poll);
    if (std::all_of(program.streams.begin(), program.streams.end(),
                    [](const auto& stream) { return stream.empty(); }))
      user_error("'{}' has no commands", tenant.workload.workload);
    return program;
  } catch (const UserError& error) {
    // Messages name options as the command line does.
    static const std::regex kDashes("--(?=[a-z])");
    const std::string message = std::regex_replace(error.what(), kDashes, "");
    throw UserError(tenant.place("workload"), fmt::format("tenant '{}': {}", tenant.name, message));
  }
}

// One past the last byte of the scratchpad that the stream writes.
std::int64_t written_bytes(const std::vector<Command>& stream) {
  std::int64_t end = 0;
  for (const Command& command : stream) {
    if (const auto* load = std::get_if<Load>(&command.operation)) {
      const auto address = static_cast<std::int64_t>(load->local_address);
      end = std::max(end, address + local_reach(*load).last + 1);
    } else if (const auto* vector = std::get_if<VectorOp>(&command.operation)) {
      const Operand& to = vector->destination;
      if (to.space != Space::scratchpad) continue;
      std::int64_t last = static_cast<std::int64_t>(to.address) + units_of(to.format);
      for (std::size_t d = 0; d < 4; ++d)
        last += std::max<std::int64_t>((vector->shape[d] - 1) * to.strides[d], 0);
      end = std::max(end, ceil_div(last, units_per_byte(to.format)));
    }
  }
  return end;
}

SavedContext context_of(const TenantSpec& tenant, const Program& program, const Machine& own) {
  constexpr std::int64_t kPage = 4096;
  SavedContext context;
  const std::int64_t begin = round_up(program.header.memory.dram_bytes, kPage);
  std::int64_t end = begin;
  for (const auto& stream : program.streams) {
    context.bytes.push_back(std::min(written_bytes(stream), own.core.local_bytes().count()));
    end += context.bytes.back();
  }
  context.address = static_cast<std::uint64_t>(begin);
  if (end > own.dram.capacity().count())
    throw UserError(tenant.place("dram"),
                    fmt::format("tenant '{}' needs {} bytes of DRAM with what waits there of its "
                                "scratchpads, it has {}",
                                tenant.name, end, own.dram.capacity().count()));
  return context;
}

}  // namespace

PreparedScenario prepare(const Scenario& scenario, bool with_values,
                         const std::function<void()>& poll) {
  PreparedScenario prepared;
  prepared.partition = divide(scenario);
  for (std::size_t i = 0; i < scenario.tenants.size(); ++i) {
    const TenantSpec& spec = scenario.tenants[i];
    const Machine own = machine_of(scenario.machine, prepared.partition, i);
    PreparedTenant tenant;
    tenant.spec = &spec;
    const Machine whole = machine_of_cores(scenario.machine, prepared.partition.parts[i].cores);
    tenant.program = program_of(spec, whole, own, with_values, poll);
    for (const auto& stream : tenant.program.streams)
      tenant.borders.push_back(scenario.preempt_at_layers ? layer_borders(stream)
                                                          : tile_borders(stream));
    if (shares_scratchpad(prepared.partition, i))
      tenant.context = context_of(spec, tenant.program, own);
    prepared.tenants.push_back(std::move(tenant));
  }
  return prepared;
}

}  // namespace systolith
