// Subcommands of other packages: systolith-<name> from PATH.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "hw/base/error.h"
#include "hw/base/registry.h"
#include "sim/cli/cli.h"

namespace systolith::cli {

void run_extension(const std::vector<std::string>& known, char** arguments) {
  const std::string name = arguments[0];
  std::string program = "systolith-" + name;
  arguments[0] = program.data();
  // A name with a slash would bypass PATH.
  if (name.find('/') == std::string::npos) {
    execvp(program.c_str(), arguments);
    const int reason = errno;
    if (reason != ENOENT)
      user_error("cannot run {}: {}", program, std::generic_category().message(reason));
  }
  throw UserError(unknown_name_message("subcommand", name, known) +
                  (name.find('/') == std::string::npos
                       ? fmt::format(" (and no program {} on PATH)", program)
                       : ""));
}

}  // namespace systolith::cli
