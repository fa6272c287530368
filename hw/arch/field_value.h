// One field's text to its place in the machine, and its place in the JSON Schema.
#pragma once

#include <nlohmann/json.hpp>

#include "hw/arch/document.h"
#include "hw/arch/machine_fields.h"

namespace systolith {

// Throws UserError: what is wrong with the value and what is allowed; without a place, or of an
// entry inside the value, complete with place and path.
void read_field(const MachineField& field, const DocumentNode& node, const Vocabulary& vocabulary,
                Machine& machine);

// The field's schema, its default being what `defaults` holds.
nlohmann::ordered_json field_schema(const MachineField& field, const Vocabulary& vocabulary,
                                    Machine& defaults);

}  // namespace systolith
