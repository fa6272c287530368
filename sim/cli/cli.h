// The command line as a function, so that tests reach what main() does.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace systolith::cli {

// Exit statuses. An interrupted command ends with 128 + the signal's number.
inline constexpr int kSuccess = 0;
inline constexpr int kInternalError = 1;  // a bug of ours
inline constexpr int kDifferent = 1;      // `trace diff`, as diff(1)
inline constexpr int kUserError = 2;

// A subcommand that ended as it should, but not with status 0 (`trace diff` found a difference).
struct ExitStatus {
  int status;
};

// Parses and runs one command line; never throws. Messages go to stderr.
int run(int argc, char** argv);

// Every subcommand's file offers one of these: it adds options and the callback that runs it.
void add_run(CLI::App& app);
void add_compile(CLI::App& app);
void add_exec(CLI::App& app);
void add_serve(CLI::App& app);
void add_trace(CLI::App& app);
void add_export(CLI::App& app);
void add_dram(CLI::App& app);
void add_area(CLI::App& app);
void add_check(CLI::App& app);
void add_list(CLI::App& app);

// Becomes systolith-<name> from PATH; returns where there is no such program.
// UserError where it can't be run.
void become_extension(const std::string& name, std::vector<std::string> arguments);
// The same for a subcommand that isn't among the known ones; `arguments` begin with its name.
// Throws UserError that names the known subcommands where there is no such program.
[[noreturn]] void run_extension(const std::vector<std::string>& known, char** arguments);

}  // namespace systolith::cli
