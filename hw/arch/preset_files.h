// The files of the vocabulary's preset directories: machines (NAME.yaml) and energy tables
// (energy/NAME.yaml). The first directory that has a name wins.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/read_machine.h"

namespace systolith {

// Names, sorted.
std::vector<std::string> energy_table_names(const Vocabulary& vocabulary);

// Throws UserError where there is none.
std::string energy_table_path(const std::string& name, const Vocabulary& vocabulary);

// The file that `source` (a path or a preset's name) means. Throws UserError where there is none.
std::string machine_path(const std::string& source, const Vocabulary& vocabulary);

// Throws UserError where the file cannot be read. `kind` names it: "machine file".
std::string read_text_file(const std::string& path, const char* kind);

}  // namespace systolith
