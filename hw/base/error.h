// Two kinds of failure. UserError: the user's input is wrong; it says what, where and what is
// allowed, and ends the program with status 2. InternalError: a bug of ours, with its place.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace systolith {

// A place in an input file; lines and columns count from 1, 0 means unknown.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;
};

// "file:line:column", leaving out what is unknown.
std::string to_string(const SourcePosition& position);

class UserError : public std::runtime_error {
 public:
  explicit UserError(const std::string& message) : std::runtime_error(message) {}
  // The message becomes "file:line:column: message".
  UserError(SourcePosition where, const std::string& message);

  const SourcePosition& where() const { return where_; }

 private:
  SourcePosition where_;
};

class InternalError : public std::logic_error {
  using std::logic_error::logic_error;
};

template <class... Args>
[[noreturn]] void user_error(fmt::format_string<Args...> format, Args&&... args) {
  throw UserError(fmt::format(format, std::forward<Args>(args)...));
}

[[noreturn]] void internal_error(const char* file, int line, const std::string& message);

}  // namespace systolith

// Always on, in every build: a broken invariant stops the run with its place and values.
#define SYSTOLITH_CHECK(condition, ...)                                                            \
  do {                                                                                             \
    if (!(condition))                                                                              \
      ::systolith::internal_error(__FILE__, __LINE__, #condition ": " + fmt::format(__VA_ARGS__)); \
  } while (false)
