#include "hw/dma/transfer_bounds.h"

#include "hw/arch/machine.h"
#include "hw/base/error.h"
#include "hw/control/engine.h"
#include "hw/isa/transfer_reach.h"

namespace systolith {
namespace {

void check_reach(const Command& command, const char* memory, std::uint64_t address,
                 const TransferReach& reach, const LocalCapacity& capacity) {
  const auto base = static_cast<std::int64_t>(address);
  if (capacity.holds(base + reach.first, base + reach.last)) return;
  user_error("program does not fit the machine: {} reaches bytes {} to {} of the {}, which has {}",
             describe(command), base + reach.first, base + reach.last, memory, capacity.text());
}

}  // namespace

void check_transfer(const Command& command, const Transfer& transfer,
                    const LocalCapacity& scratchpad, const std::vector<Bytes>& capacities) {
  const auto level = static_cast<std::size_t>(AddressMap::level_of(transfer.system_address) + 1);
  if (level >= capacities.size())
    user_error(
        "program does not fit the machine: {} addresses {:#x}, in shared level {} of a machine "
        "with {}",
        describe(command), transfer.system_address, level - 1, capacities.size() - 1);
  check_reach(command, "scratchpad", transfer.local_address, local_reach(transfer), scratchpad);
  check_reach(command, level == 0 ? "DRAM" : "shared level",
              AddressMap::offset(transfer.system_address), system_reach(transfer),
              {capacities[level], {}});
}

}  // namespace systolith
