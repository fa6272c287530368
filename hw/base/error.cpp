#include "hw/base/error.h"

namespace systolith {

std::string to_string(const SourcePosition& position) {
  if (position.line == 0) return position.file;
  if (position.column == 0) return fmt::format("{}:{}", position.file, position.line);
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

UserError::UserError(SourcePosition where, const std::string& message)
    : std::runtime_error(where.file.empty() ? message : to_string(where) + ": " + message),
      where_(std::move(where)) {}

void internal_error(const char* file, int line, const std::string& message) {
  throw InternalError(fmt::format("internal error at {}:{}: {}", file, line, message));
}

}  // namespace systolith
