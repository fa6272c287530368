// Where a core may be taken from a program: nothing that the program still needs is in the array or
// the accumulators there, so that only its scratchpad is left behind.
#pragma once

#include <vector>

#include "hw/isa/command.h"

namespace systolith {

// By position in the stream: whether it may stop before that command. Tiles: wherever no preloaded
// weights wait, the next product brings its own, and no sum is read again.
std::vector<bool> tile_borders(const std::vector<Command>& stream);
// Of those, only before the first command but loads of a layer.
std::vector<bool> layer_borders(const std::vector<Command>& stream);

}  // namespace systolith
