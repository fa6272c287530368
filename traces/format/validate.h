// What makes a program whole: references that exist, numbers in range, nothing ambiguous. Readers
// and writers of both forms go through here.
#pragma once

#include <vector>

#include "traces/format/program.h"

namespace systolith {

// Fed with every command, each core's in order. Throws UserError without a place in the file, as
// "core 0 command 5: waits for command 7, which is not before it".
class ProgramValidator {
 public:
  // Checks the header, which must outlive it.
  explicit ProgramValidator(const ProgramHeader& header);

  // Commands of each core, where known ahead; references are then checked at once.
  void expect_lengths(std::vector<std::uint64_t> lengths) { lengths_ = std::move(lengths); }

  void command(const Command& command);
  // After the last command: the commands of other cores that were waited for exist.
  void finish() const;

  const std::vector<std::uint64_t>& seen() const { return seen_; }

 private:
  struct Furthest {  // the highest index of a core that a command of another waits for
    CommandRef target, waiter;
    bool any = false;
  };
  void reference(const Command& command, CommandRef ref);

  const ProgramHeader& header_;
  std::vector<std::uint64_t> seen_;     // commands so far, per core
  std::vector<std::uint64_t> lengths_;  // empty where not known
  std::vector<Furthest> furthest_;      // per core
};

// The whole of a program in memory.
void validate_program(const Program& program);

}  // namespace systolith
