// What `systolith trace check|stat|diff` say about programs.
#pragma once

#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "traces/format/program.h"

namespace systolith {

struct CommandStats {
  std::int64_t commands = 0;
  std::int64_t bytes_loaded = 0;
  std::int64_t bytes_stored = 0;
  std::int64_t macs = 0;  // of the matmuls
  friend bool operator==(const CommandStats& a, const CommandStats& b) {
    return a.commands == b.commands && a.bytes_loaded == b.bytes_loaded &&
           a.bytes_stored == b.bytes_stored && a.macs == b.macs;
  }
};

struct ProgramStats {
  CommandStats total;
  std::array<std::int64_t, std::variant_size_v<Operation>> by_opcode{};
  std::vector<CommandStats> by_layer;
  std::vector<std::int64_t> by_core;  // commands
  std::int64_t waits = 0;             // dependencies
  std::int64_t waits_across_cores = 0;
};

// Reads all commands, and thereby checks them.
ProgramStats stats_of(CommandSource& program);

// Tables of it for people.
std::string stats_text(const ProgramHeader& header, const ProgramStats& stats);
// One line: "ok: 12345 commands on 4 cores, 54 layers, 161 MMACs"
std::string check_text(const ProgramHeader& header, const ProgramStats& stats);

// Writes the first `limit` differences in the header's lines and then in the commands, core by core
// and index by index: "-" of a, "+" of b. Returns how many lines of the header and commands differ.
std::int64_t diff_programs(CommandSource& a, CommandSource& b, std::int64_t limit,
                           std::ostream& out);

}  // namespace systolith
