// systolith trace: program files, looked at and turned from one form into the other.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "sim/cli/cli.h"
#include "sim/cli/output.h"
#include "traces/format/files.h"
#include "traces/format/inspect.h"

namespace systolith::cli {
namespace {

constexpr std::int64_t kDifferencesShown = 40;

struct TraceCommand {
  std::string file, other;
  std::string output;
};
using Options = std::shared_ptr<TraceCommand>;

void add_file(CLI::App& command, std::string& file, const char* name) {
  command.add_option(name, file, "Program file, text or binary")->type_name("FILE")->required();
}

void text(const TraceCommand& command) {
  if (command.output.empty()) {
    // All of it is read and checked first: nothing of a damaged program is printed.
    write_text(read_program(command.file), std::cout);
    std::cout.flush();
    return;
  }
  require_writable(command.output);
  const auto program = open_program(command.file);
  write_text_file(*program, command.output);
}

void binary(const TraceCommand& command) {
  require_writable(command.output);
  const auto program = open_program(command.file);
  write_binary_file(*program, command.output);
}

void check(const TraceCommand& command) {
  const auto program = open_program(command.file);
  fmt::print("{}\n", check_text(program->header(), stats_of(*program)));
}

void stat(const TraceCommand& command) {
  const auto program = open_program(command.file);
  const ProgramStats stats = stats_of(*program);
  fmt::print("{}", stats_text(program->header(), stats));
}

void diff(const TraceCommand& command) {
  const auto one = open_program(command.file);
  const auto other = open_program(command.other);
  const std::int64_t differences = diff_programs(*one, *other, kDifferencesShown, std::cout);
  std::cout.flush();
  if (differences == 0) return;
  fmt::print("{} lines differ\n", differences);
  throw ExitStatus{kDifferent};
}

CLI::App* add_action(CLI::App& trace, const char* name, const char* summary,
                     void (*action)(const TraceCommand&), const Options& options) {
  CLI::App* command = trace.add_subcommand(name, summary);
  add_file(*command, options->file, "file");
  command->callback([action, options] { action(*options); });
  return command;
}

}  // namespace

void add_trace(CLI::App& app) {
  CLI::App* trace = app.add_subcommand("trace", "Look at program files");
  trace->require_subcommand(1);
  const auto options = std::make_shared<TraceCommand>();
  add_action(*trace, "text", "Write the text form", text, options)
      ->add_option("-o,--output", options->output, "Text file (default: stdout)")
      ->type_name("FILE");
  add_action(*trace, "binary", "Write the binary form", binary, options)
      ->add_option("-o,--output", options->output, "Binary file")
      ->type_name("FILE")
      ->required();
  add_action(*trace, "check", "Read all of a program and say whether it is sound", check, options);
  add_action(*trace, "stat", "Count commands, bytes and MACs", stat, options);
  CLI::App* difference =
      add_action(*trace, "diff", "Compare two programs; status 1 where they differ", diff, options);
  add_file(*difference, options->other, "other");
}

}  // namespace systolith::cli
