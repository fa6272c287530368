// The sections of a binary program's file, one after the other.
#pragma once

#include <fstream>
#include <string>

#include "hw/base/error.h"
#include "traces/format/layout.h"

namespace systolith {

// Throws UserError "file: offset N: reason" for whatever is wrong in the file.
class SectionFile {
 public:
  explicit SectionFile(const std::string& path);  // reads and checks the preamble

  std::uint64_t size() const { return size_; }

  // The frame at `offset`; its payload begins kFrameSize later and lies inside the file.
  Frame frame(std::uint64_t offset);
  // The payload as stored, its checksum verified.
  std::string payload(std::uint64_t offset, const Frame& frame);
  // Uncompressed.
  std::string contents(std::uint64_t offset, const Frame& frame);

  static std::uint64_t next(std::uint64_t offset, const Frame& frame) {
    return offset + kFrameSize + frame.stored_size;
  }

  // "file: offset N: reason"
  [[noreturn]] void fail(std::uint64_t offset, const std::string& reason) const;

  // Runs f; a UserError in it is one at `offset`.
  template <class F>
  decltype(auto) at(std::uint64_t offset, F&& f) {
    try {
      return f();
    } catch (const UserError& error) {
      fail(offset, error.what());
    }
  }

 private:
  std::string read(std::uint64_t offset, std::size_t count, const char* inside);

  std::string path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

}  // namespace systolith
