// docs/reference/commands.md, from the table of fields.
#pragma once

#include <string>

namespace systolith {

// The page's whole text.
std::string commands_reference();

}  // namespace systolith
