// Reads an energy table: what one event of each kind costs and one part of each kind takes up, with
// where the figure is from.
#pragma once

#include <string>

#include "hw/arch/machine.h"

namespace systolith {

// Every key of hw/arch/energy_keys.h and hw/arch/area_keys.h must be there. Throws UserError with
// file:line:column.
EnergyTable parse_energy_table(const std::string& name, const std::string& text,
                               const std::string& file);

}  // namespace systolith
