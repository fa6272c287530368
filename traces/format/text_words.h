// The words of a line of a text program: separated by blanks; a word that begins with a quotation
// mark reaches to the next one; # outside quotation marks begins a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hw/isa/parse.h"

namespace systolith {

// `text` between quotation marks; quotation marks, backslashes and control characters escaped.
std::string quoted(std::string_view text);

// The inverse; throws UserError at the word where it is no quoted text.
std::string unquoted(const Word& word);

// Words of a line; their texts point into it.
std::vector<Word> split_line(std::string_view line, const std::string& file, int number);

}  // namespace systolith
