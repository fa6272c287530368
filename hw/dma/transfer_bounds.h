// Refuses transfers that reach outside the memories.
#pragma once

#include <vector>

#include "hw/isa/command.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {

// `capacities`: of DRAM, then of each shared level. Throws UserError naming the command, the
// address and the limit.
void check_transfer(const Command& command, const Transfer& transfer,
                    const LocalCapacity& scratchpad, const std::vector<Bytes>& capacities);

}  // namespace systolith
