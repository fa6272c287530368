// Writes a binary program as its commands come: memory does not grow with their number.
#pragma once

#include <vector>

#include "hw/isa/encode.h"
#include "traces/format/atomic_file.h"
#include "traces/format/layout.h"
#include "traces/format/validate.h"

namespace systolith {

// The file appears with finish(); without it nothing is left behind. What the validator refuses is
// a UserError.
class ProgramWriter {
 public:
  // Requires: `header` outlives the writer.
  ProgramWriter(const std::string& path, const ProgramHeader& header);

  // Each core's commands in order of their index; cores in any order.
  void append(const Command& command);
  void finish();

 private:
  struct Chunk {
    std::string bytes;
    CommandContext context;
    std::uint64_t first = 0;
    std::uint32_t count = 0;
  };
  void section(Frame frame, std::string_view raw);
  void parts(SectionKind kind, std::string_view bytes, std::uint64_t offset);
  void flush(std::size_t core);

  ProgramValidator validator_;
  AtomicFile file_;
  std::vector<Chunk> chunks_;  // per core
};

}  // namespace systolith
