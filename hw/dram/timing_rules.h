// A DRAM standard's timing as data: each row says how long one kind of command keeps another away.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/base/units.h"
#include "hw/dram/dram_command.h"
#include "hw/dram/dram_timings.h"

namespace systolith {

// Where two commands must meet for a rule to hold between them. A rank is one of a pseudo channel;
// other_ranks are those that share its data bus.
enum class RuleScope : std::uint8_t { bank, bankgroup, rank, other_ranks };
inline constexpr std::size_t kRuleScopes = 4;

// Each of `following` comes at least `latency` after the window-th last of `preceding`. As JEDEC
// counts it: from the last clock that the one takes on the command bus to the last of the other.
struct TimingRule {
  RuleScope scope;
  std::vector<DramCommand> preceding, following;
  Cycles latency;
  std::int64_t window = 1;
};

// Clocks that a command takes on the command bus.
struct CommandClocks {
  std::int64_t activate = 1, precharge = 1, column = 1, refresh = 1;

  constexpr std::int64_t of(DramCommand command) const {
    if (is_column(command)) return column;
    if (command == DramCommand::activate) return activate;
    const bool refreshes =
        command == DramCommand::refresh_all || command == DramCommand::refresh_bank;
    return refreshes ? refresh : precharge;
  }
};

// JEDEC's rules, common to all its standards of synchronous DRAM with banks; what differs is in the
// timings. `burst`: clocks of one burst on the data bus.
std::vector<TimingRule> jedec_rules(const DramTimings& timings, Cycles burst);

}  // namespace systolith
