// A file of DRAM requests, one native burst a line:
//
//   R 0x1f40
//   W 0x2000 1200       not before that clock of the DRAM's
//
// Blank lines and what follows a '#' are skipped. Read as it is used; memory does not grow with it.
#pragma once

#include <fstream>
#include <string>

#include "hw/arch/machine.h"

namespace systolith {

struct TraceRequest {
  std::uint64_t address = 0;
  bool write = false;
  Cycles issue;  // not before
};

class RequestTrace {
 public:
  // Throws UserError: not a readable file.
  RequestTrace(const std::string& path, const DramConfig& dram);

  // False at the end. Throws UserError with file and line: not a request, not aligned to a burst,
  // beyond the capacity, earlier than the line before.
  bool next(TraceRequest& request);

 private:
  [[noreturn]] void fail(const std::string& message) const;
  TraceRequest parse(std::string_view line) const;
  void check(const TraceRequest& request) const;

  std::string path_;
  std::ifstream file_;
  Bytes burst_, capacity_;
  std::string line_;
  int number_ = 0;
  Cycles last_issue_;
};

}  // namespace systolith
