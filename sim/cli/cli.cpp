#include "sim/cli/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "hw/base/error.h"
#include "sim/cli/interrupt.h"

namespace systolith::cli {
namespace {

void describe(CLI::App& app) {
  app.set_version_flag("--version", "systolith " SYSTOLITH_VERSION);
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default();
  app.footer(
      "Any other SUBCOMMAND runs the program systolith-SUBCOMMAND from PATH.\n"
      "Exit status: 0 success, 2 wrong input, 1 a bug of systolith, 130 interrupted.");
  add_run(app);
  add_compile(app);
  add_exec(app);
  add_serve(app);
  add_trace(app);
  add_export(app);
  add_dram(app);
  add_area(app);
  add_check(app);
  add_list(app);
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands(nullptr))
    names.push_back(subcommand->get_name());
  return names;
}

bool names_extension(const std::vector<std::string>& known, int argc, char** argv) {
  return argc > 1 && argv[1][0] != '-' && argv[1][0] != '\0' &&
         std::find(known.begin(), known.end(), argv[1]) == known.end();
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Cycle-level simulator of systolic-array machine-learning accelerators.",
               "systolith");
  describe(app);
  const auto known = subcommand_names(app);
  if (names_extension(known, argc, argv)) run_extension(known, argv + 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    throw UserError(error.what());
  }
  return kSuccess;
}

}  // namespace

int run(int argc, char** argv) {
  const InterruptGuard interrupts;
  try {
    return parse_and_run(argc, argv);
  } catch (const ExitStatus& end) {
    return end.status;
  } catch (const UserError& error) {
    if (interrupts.pending()) {
      fmt::print(stderr, "systolith: interrupted\n");
      return interrupts.exit_status();
    }
    fmt::print(stderr, "systolith: error: {}\n", error.what());
    return kUserError;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "systolith: error: out of memory\n");
    return kUserError;
  } catch (const std::exception& error) {
    fmt::print(stderr, "systolith: {}\nsystolith: this is a bug of systolith, please report it\n",
               error.what());
    return kInternalError;
  }
}

}  // namespace systolith::cli
