// A file that appears complete or not at all: written beside its place and renamed into it.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace systolith {

// Writes that fail throw UserError naming the path. A path that exists and is no regular file (a
// pipe, /dev/stdout) is written directly.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  // Without commit() nothing is left behind.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  // For what writes to a stream; commit() checks for errors.
  std::ostream& stream() { return out_; }
  // Once, at the end.
  void commit();

 private:
  [[noreturn]] void fail();

  std::string path_;
  std::string partial_;  // equals path_ where written directly
  std::ofstream out_;
  bool committed_ = false;
};

}  // namespace systolith
