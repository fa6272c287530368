// Program files of either form, told apart by how they begin. Every function throws UserError for
// what is wrong with a file: "file:line:column: reason" in text, "file: offset N: reason" in
// binary. The text form is described in traces/format/text_writer.h, the binary in
// traces/format/layout.h; traces/format/program_writer.h writes binary programs as their commands
// come.
#pragma once

#include <memory>
#include <string>

#include "traces/format/program.h"
#include "traces/format/text_writer.h"

namespace systolith {

// The program is read as its commands are taken, a binary one in memory that does not depend on its
// length (its data segments aside); a text one is read as a whole.
std::unique_ptr<CommandSource> open_program(const std::string& path);

// All of it, validated.
Program read_program(const std::string& path);
Program collect(CommandSource& source);

// Complete or not at all.
void write_text_file(CommandSource& program, const std::string& path);
void write_text_file(const Program& program, const std::string& path);
void write_binary_file(CommandSource& program, const std::string& path);
void write_binary_file(const Program& program, const std::string& path);

}  // namespace systolith
