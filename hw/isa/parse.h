// Reads the text form of operations and of their values (hw/isa/print.h). Errors are UserErrors at
// the place of the word, saying what is allowed.
#pragma once

#include <string_view>
#include <vector>

#include "hw/base/error.h"
#include "hw/isa/command.h"

namespace systolith {

// A word of a line and where it stands.
struct Word {
  std::string_view text;
  SourcePosition where;
};

// Decimal, or hexadecimal after 0x, in low..high; `what` names it in messages.
std::int64_t parse_integer(const Word& word, std::string_view what, std::int64_t low,
                           std::int64_t high);
std::uint64_t parse_unsigned(const Word& word, std::string_view what);
float parse_float(const Word& word, std::string_view what);
Format parse_format(const Word& word);

Opcode parse_opcode(const Word& word);

// Sets the field that `word`, a "name=value", names.
void parse_field(const Word& word, Operation& operation);

// The operation with every field at its default.
Operation default_operation(Opcode opcode);

}  // namespace systolith
