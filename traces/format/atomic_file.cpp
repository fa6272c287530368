#include "traces/format/atomic_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "hw/base/error.h"

namespace systolith {
namespace {

std::string partial_path(const std::string& path) {
  std::error_code none;
  const auto status = std::filesystem::status(path, none);
  if (std::filesystem::is_directory(status)) user_error("cannot write '{}': it is a folder", path);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return path;
  // The process id keeps writers of the same file in different processes apart.
  return fmt::format("{}.partial-{}", path, ::getpid());
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path)
    : path_(path), partial_(partial_path(path)), out_(partial_, std::ios::binary) {
  if (!out_) fail();
}

AtomicFile::~AtomicFile() {
  if (committed_ || partial_ == path_) return;
  out_.close();
  std::error_code none;
  std::filesystem::remove(partial_, none);
}

void AtomicFile::write(std::string_view bytes) {
  if (!out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) fail();
}

void AtomicFile::commit() {
  out_.close();
  if (!out_) fail();
  if (partial_ != path_ && std::rename(partial_.c_str(), path_.c_str()) != 0) fail();
  committed_ = true;
}

void AtomicFile::fail() { user_error("cannot write '{}': {}", path_, std::strerror(errno)); }

}  // namespace systolith
