// systolith exec: program file to report.
#include <memory>

#include "sim/cli/cli.h"
#include "sim/cli/machine_options.h"
#include "sim/cli/session.h"
#include "sim/cli/tensors.h"
#include "sim/system/tensor_values.h"
#include "traces/format/files.h"

namespace systolith::cli {
namespace {

struct ExecCommand {
  std::string program;
  MachineOptions machine;
  SessionOptions session;
};

void execute(const ExecCommand& command) {
  Session session(command.session);
  const Machine machine = read(command.machine);
  const std::unique_ptr<CommandSource> program = open_program(command.program);
  const ProgramHeader& header = program->header();
  session.clock().compiled();
  if (!command.session.values) {
    session.simulate(machine, *program, {});
  } else {
    require_values(header, command.program);
    const TensorMap inputs = program_inputs(header, command.session.inputs, command.session.states,
                                            command.session.seed);
    const RunResult result =
        session.simulate(machine, *program, input_codes(header, inputs, "--inputs"));
    session.keep_outputs(output_values(header, result.outputs));
  }
  session.finish();
}

}  // namespace

void add_exec(CLI::App& app) {
  CLI::App* command = app.add_subcommand("exec", "Simulate a compiled program and report");
  auto options = std::make_shared<ExecCommand>();
  command->add_option("program", options->program, "Program file, text or binary")
      ->type_name("PROGRAM")
      ->required();
  add_machine_options(*command, options->machine);
  add_session_options(*command, options->session);
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
