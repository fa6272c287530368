// The names a machine description may use in this build: collected from the registries.
#pragma once

#include "hw/arch/read_machine.h"

namespace systolith {

// Preset directories: $SYSTOLITH_PRESETS, the source tree's hw/presets, the installed share folder.
const Vocabulary& vocabulary();

}  // namespace systolith
