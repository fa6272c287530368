// Output that appears only when it is complete. What is written goes to a hidden neighbour of its
// final place and is renamed at the end; where the command fails, nothing stays behind.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace systolith::cli {

// A directory of results (--out). The constructor refuses a place that can't be written, before any
// work is done.
class OutputDirectory {
 public:
  // `known_files`: what a command may leave in the directory; those from an earlier run that this
  // one doesn't write are removed on commit, so that a directory never mixes two runs.
  OutputDirectory(const std::string& path, std::vector<std::string> known_files);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  // Where to write a file until commit().
  std::filesystem::path file(const std::string& name) const { return staging_ / name; }
  void write(const std::string& name, const std::string& text) const;
  void commit();

 private:
  std::filesystem::path final_, staging_;
  std::filesystem::path created_;  // topmost directory that the constructor made; empty: none
  std::vector<std::string> known_files_;
  bool committed_ = false;
};

// For files whose writers are atomic themselves (-o): refuses, before any work is done, a path that
// can't be written. Something that exists and is no regular file (/dev/stdout) is let through.
void require_writable(const std::string& path);

// A single file whose writer is not atomic (--vcd).
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::filesystem::path& staging() const { return staging_; }
  void commit();

 private:
  std::filesystem::path final_, staging_;
};

}  // namespace systolith::cli
