#include "sim/system/simulate.h"

#include "hw/arch/logical_cores.h"
#include "hw/base/error.h"
#include "hw/control/systemc_kernel.h"
#include "sim/system/run.h"

namespace systolith {
namespace {

void check_program(const Machine& whole, const ProgramHeader& header) {
  const Machine machine = logical_machine(whole);
  if (header.cores != machine.core.count)
    user_error("the program was compiled for {} core(s) of machine '{}'; '{}' has {}", header.cores,
               header.machine, machine.name, machine.core.count);
  if (header.fingerprint != program_fingerprint(machine))
    user_error(
        "the program was compiled for machine '{}', which differs from '{}' in what programs "
        "rely on: array, weight buffers, formats, scratchpad, accumulators, levels or DRAM "
        "capacity (fingerprint {:016x}, this machine has {:016x})",
        header.machine, machine.name, header.fingerprint, program_fingerprint(machine));
}

}  // namespace

RunResult simulate(const Machine& machine, CommandSource& program, const RunOptions& options,
                   const TensorBytes& inputs) {
  check_program(machine, program.header());
  const SystemcKernel kernel;
  try {
    Run run(machine, program, options);
    if (options.values) run.write_inputs(inputs);
    run.execute();
    return run.result();
  } catch (const sc_core::sc_report& report) {
    throw InternalError(fmt::format("SystemC: {} ({})", report.get_msg(), report.get_msg_type()));
  }
}

}  // namespace systolith
