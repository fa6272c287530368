// The one table of a machine description's fields. Reading, validation, the JSON Schema and the
// reference pages all walk it; a new field is a new row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/arch/quantity_text.h"
#include "hw/arch/read_machine.h"

namespace systolith {

constexpr const char* kDefaultEnergyTable = "table_45nm";

// Where a field's value goes; the type decides how its text is read. Fields of a list's elements
// are those of its last one.
using FieldPlace = std::variant<
    std::int64_t& (*)(Machine&), Bytes& (*)(Machine&), Cycles& (*)(Machine&), Hertz& (*)(Machine&),
    std::optional<Hertz>& (*)(Machine&), std::optional<Bytes>& (*)(Machine&),
    std::string& (*)(Machine&), Format& (*)(Machine&), std::vector<Format>& (*)(Machine&),
    std::vector<std::string>& (*)(Machine&), Overflow& (*)(Machine&), Rounding& (*)(Machine&),
    std::map<std::string, std::int64_t>& (*)(Machine&), std::vector<std::int64_t>& (*)(Machine&)>;

// The names a field may hold.
struct FieldNames {
  const char* kind = nullptr;  // "dataflow"
  std::vector<std::string> (*known)(const Vocabulary&) = nullptr;
};

// A rule for free text.
struct FieldText {
  const char* pattern;  // ECMAScript and JSON Schema
  const char* meaning;  // completes "'x' is not ..."
};

struct MachineField {
  const char* path;  // "core.array.rows", "memory[].name"
  const char* description;
  FieldPlace place;
  Limits limits = {};               // of numbers, in the base unit; of lists, their length
  FieldNames names = {};            // of text chosen from a list
  const FieldText* text = nullptr;  // of other text
  bool required = false;
};

struct MachineSection {
  const char* path;
  const char* description;
};

// A list of elements with fields of their own, "memory[].name".
struct MachineList {
  const char* path;     // "memory"
  const char* element;  // "level"
  std::size_t most;     // elements
  void (*append)(Machine&);
  std::size_t (*size)(const Machine&);
  void (*drop)(Machine&);               // the last one
  const FieldText* in_short = nullptr;  // a text that stands for the list
};

const std::vector<MachineField>& machine_fields();
const std::vector<MachineList>& machine_lists();
const MachineList& machine_list(const std::string& path);
const std::vector<MachineSection>& machine_sections();

}  // namespace systolith
