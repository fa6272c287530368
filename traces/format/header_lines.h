// Reads single statements of the text form's header.
#pragma once

#include <vector>

#include "hw/isa/parse.h"
#include "traces/format/program.h"

namespace systolith {

using Words = std::vector<Word>;

// The word at `index`; where there is none, a UserError that says what was expected.
const Word& word_at(const Words& words, std::size_t index, const char* expected);
// A UserError where words follow the first `count`.
void no_more_words(const Words& words, std::size_t count);

// Each takes the words of its whole line, keyword included.
void parse_version_line(const Words& words);
void parse_machine_line(const Words& words, ProgramHeader& header);
void parse_memory_line(const Words& words, ProgramHeader& header);
ProgramLayer parse_layer_line(const Words& words, std::size_t expected_number);
ProgramTensor parse_tensor_line(const Words& words);
struct DataLine {
  std::uint64_t address = 0;
  std::int64_t bytes = 0;
};
DataLine parse_data_line(const Words& words);

}  // namespace systolith
