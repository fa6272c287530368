// Reads a binary program. Opening verifies every byte's checksum and the order of the sections;
// commands are then read chunk by chunk, one chunk of each core in memory.
#pragma once

#include <memory>
#include <string>

#include "traces/format/program.h"

namespace systolith {

// Throws UserError "file: offset N: reason". Commands are validated as they are read.
std::unique_ptr<CommandSource> open_binary_program(const std::string& path);

// Whether a file that begins so is a binary program, though perhaps a damaged one.
bool looks_binary(std::string_view beginning);

}  // namespace systolith
