// systolith export: workload to ONNX file.
#include <memory>

#include "models/onnx/onnx.h"
#include "sim/cli/cli.h"
#include "sim/cli/output.h"
#include "sim/cli/workload_options.h"

namespace systolith::cli {
namespace {

struct ExportCommand {
  WorkloadOptions workload;
  std::string output;
};

void execute(const ExportCommand& command) {
  require_writable(command.output);
  write_onnx(load(command.workload), command.output);
}

}  // namespace

void add_export(CLI::App& app) {
  CLI::App* command = app.add_subcommand("export", "Write a workload as an ONNX model");
  auto options = std::make_shared<ExportCommand>();
  add_workload(*command, options->workload);
  command->add_option("-o,--output", options->output, "ONNX file")
      ->type_name("FILE.onnx")
      ->required();
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
