// systolith compile: workload to program file.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "sim/cli/cli.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/machine_options.h"
#include "sim/cli/output.h"
#include "sim/cli/workload_options.h"
#include "traces/format/files.h"

namespace systolith::cli {
namespace {

struct CompileCommand {
  WorkloadOptions workload;
  MachineOptions machine;
  std::string output;
  bool values = false;
};

void execute(const CompileCommand& command) {
  if (command.output.empty() && command.workload.dump_pass.empty())
    user_error("compile needs -o PROGRAM or --dump PASS");
  CompileOptions options = command_line_options(command.workload);
  options.with_values = command.values;
  if (!command.output.empty()) require_writable(command.output);
  const Machine machine = read(command.machine);
  const Graph graph = load(command.workload);
  stop_if_interrupted();
  const Compiled compiled = compile(graph, machine, options);
  stop_if_interrupted();
  if (command.output.empty()) return;
  if (std::filesystem::path(command.output).extension() == ".txt")
    write_text_file(compiled.program, command.output);
  else
    write_binary_file(compiled.program, command.output);
}

}  // namespace

void add_compile(CLI::App& app) {
  CLI::App* command = app.add_subcommand("compile", "Compile a workload to a program file");
  auto options = std::make_shared<CompileCommand>();
  add_workload(*command, options->workload);
  add_machine_options(*command, options->machine);
  add_compile_options(*command, options->workload);
  command->add_flag("--values", options->values, "Put the constants' data into the program");
  command
      ->add_option("-o,--output", options->output,
                   "Program file; the text form where it ends in .txt")
      ->type_name("PROGRAM");
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
