// Programs of other packages: systolith-<name> from PATH.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "hw/base/error.h"
#include "hw/base/registry.h"
#include "sim/cli/cli.h"

namespace systolith::cli {

void become_extension(const std::string& name, std::vector<std::string> arguments) {
  const std::string program = "systolith-" + name;
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execvp(program.c_str(), pointers.data());
  const int reason = errno;
  if (reason != ENOENT)
    user_error("cannot run {}: {}", program, std::generic_category().message(reason));
}

void run_extension(const std::vector<std::string>& known, char** arguments) {
  const std::string name = arguments[0];
  std::vector<std::string> others;
  for (char** argument = arguments + 1; *argument != nullptr; ++argument)
    others.emplace_back(*argument);
  // A name with a slash would bypass PATH.
  const bool bypasses = name.find('/') != std::string::npos;
  if (!bypasses) become_extension(name, others);
  throw UserError(unknown_name_message("subcommand", name, known) +
                  (bypasses ? "" : fmt::format(" (and no program systolith-{} on PATH)", name)));
}

}  // namespace systolith::cli
