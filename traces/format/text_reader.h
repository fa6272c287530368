// Reads the text form (traces/format/text_writer.h).
#pragma once

#include <string>
#include <string_view>

#include "traces/format/program.h"

namespace systolith {

// `file` is for messages. Throws UserError at file:line:column, saying what is allowed. The program
// is valid (traces/format/validate.h).
Program parse_text_program(std::string_view text, const std::string& file);

}  // namespace systolith
