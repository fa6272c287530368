// Reads, overrides and validates a machine description.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith {

// The names a description may use, with what the reader must know of them. The rooms that own the
// components are above this one, so the caller collects them (sim/system/vocabulary.h).
struct Vocabulary {
  std::vector<std::string> dataflows;
  std::vector<std::string> interconnects;
  std::vector<std::string> memory_kinds;
  std::vector<std::string> replacements;  // of caches
  std::vector<std::string> schedulers;
  std::vector<std::string> page_policies;
  std::vector<std::string> refresh_policies;
  std::vector<DramStandardFacts> dram_standards;
  std::vector<std::string> preset_directories;  // searched for NAME.yaml and for energy tables
};

// `source` is a file's path or the name of a preset; each override is "path.to.key=value", the
// value YAML, e.g. "core.count=4", "memory.0.capacity=8MiB". Throws UserError with
// file:line:column, key, value and what is allowed; overrides are named as "--set core.count=x".
Machine read_machine(const std::string& source, const std::vector<std::string>& overrides,
                     const Vocabulary& vocabulary);

// The same from text; `file` is only for messages.
Machine parse_machine(const std::string& text, const std::string& file,
                      const std::vector<std::string>& overrides, const Vocabulary& vocabulary);

// JSON Schema (draft 2020-12) of a description, as text ending in a newline.
std::string machine_json_schema(const Vocabulary& vocabulary);

std::vector<std::string> preset_names(const Vocabulary& vocabulary);

}  // namespace systolith
