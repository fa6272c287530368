#include "sim/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "hw/base/error.h"

namespace systolith::cli {
namespace fs = std::filesystem;
namespace {

// The path without "." or a trailing slash, so that it has a name and a parent.
fs::path tidy(const std::string& path) {
  fs::path absolute = fs::absolute(path).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

fs::path hidden_neighbour(const fs::path& parent, const fs::path& path) {
  return parent /
         fmt::format(".{}.partial-{}{}", path.stem().string(), getpid(), path.extension().string());
}

// Missing directories of `path`, topmost first, are made; returns the topmost made.
fs::path make_directories(const fs::path& path) {
  fs::path topmost;
  for (fs::path p = path; !fs::exists(p); p = p.parent_path()) topmost = p;
  fs::create_directories(path);
  return topmost;
}

}  // namespace

OutputDirectory::OutputDirectory(const std::string& path, std::vector<std::string> known_files)
    : final_(tidy(path)), known_files_(std::move(known_files)) {
  try {
    if (fs::exists(final_) && !fs::is_directory(final_))
      user_error("--out {}: exists and is not a directory", path);
    created_ = make_directories(final_);
    staging_ = hidden_neighbour(final_, "run");
    fs::create_directory(staging_);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    if (!created_.empty()) fs::remove_all(created_, ignored);
    user_error("--out {}: cannot write there: {}", path, error.code().message());
  }
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  if (!committed_ && !created_.empty()) fs::remove_all(created_, ignored);
}

void OutputDirectory::write(const std::string& name, const std::string& text) const {
  std::ofstream stream(file(name), std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) user_error("--out {}: cannot write {}", final_.string(), name);
}

void OutputDirectory::commit() {
  try {
    for (const std::string& name : known_files_)
      if (fs::exists(file(name)))
        fs::rename(file(name), final_ / name);
      else
        fs::remove(final_ / name);
  } catch (const fs::filesystem_error& error) {
    user_error("--out {}: cannot write there: {}", final_.string(), error.code().message());
  }
  SYSTOLITH_CHECK(fs::is_empty(staging_), "a file of an unknown name was written to {}",
                  staging_.string());
  committed_ = true;
}

void require_writable(const std::string& path) {
  const fs::path place = tidy(path);
  std::error_code ignored;
  if (fs::is_directory(place, ignored)) user_error("{}: is a directory", path);
  if (fs::exists(place, ignored) && !fs::is_regular_file(place, ignored)) return;
  if (access(place.parent_path().c_str(), W_OK) != 0)
    user_error("{}: cannot write there: {}", path, std::generic_category().message(errno));
}

OutputFile::OutputFile(const std::string& path) : final_(tidy(path)) {
  require_writable(path);
  staging_ = hidden_neighbour(final_.parent_path(), final_.filename());
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  fs::remove(staging_, ignored);
}

void OutputFile::commit() {
  std::error_code failure;
  fs::rename(staging_, final_, failure);
  if (failure) user_error("{}: cannot write there: {}", final_.string(), failure.message());
}

}  // namespace systolith::cli
