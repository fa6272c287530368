// When each command may be issued next, from a standard's rules and the commands so far. Knows
// nothing of any standard, and nothing of open rows: that is the controller's business.
//
//   earliest(command) = max over the rules of (issue of the preceding + latency), per bank, bank
//                       group and rank; and the command bus free
#pragma once

#include <array>
#include <vector>

#include "hw/dram/timing_rules.h"

namespace systolith {

// By value, which std::max is not: on the hot path that costs a trip through memory.
constexpr Cycles later(Cycles a, Cycles b) { return a < b ? b : a; }

// Where a bank is; ranks are counted through all pseudo channels, groups through all ranks.
struct BankPlace {
  std::int32_t bank = 0, group = 0, rank = 0;
};

// How many of each a channel has.
struct ChannelShape {
  std::int32_t pseudochannels = 1, ranks = 1, groups = 1, banks = 1;  // each in one of those before

  std::int32_t banks_of_rank() const { return groups * banks; }
  std::int32_t all_ranks() const { return pseudochannels * ranks; }
  std::int32_t all_groups() const { return all_ranks() * groups; }
  std::int32_t all_banks() const { return all_groups() * banks; }
  BankPlace place(std::int32_t bank) const { return {bank, bank / banks, bank / banks_of_rank()}; }
};

class TimingState {
 public:
  // Effects on commands outside `used` are left out.
  TimingState(const std::vector<TimingRule>& rules, const ChannelShape& shape,
              const CommandClocks& clocks, bool two_command_buses, const CommandSet& used);

  // By the rules of the bank itself.
  Cycles earliest_in_bank(DramCommand command, std::int32_t bank) const {
    return banks_[index(bank, command)];
  }
  // By those of its bank group.
  Cycles earliest_in_group(DramCommand command, std::int32_t group) const {
    return groups_[index(group, command)];
  }
  // By those of its rank, and the command bus.
  Cycles earliest_of_rank(DramCommand command, std::int32_t rank) const {
    return later(ranks_[index(rank, command)], bus_free_[bus_of(command)]);
  }
  Cycles earliest(DramCommand command, const BankPlace& place) const {
    return later(
        earliest_in_bank(command, place.bank),
        later(earliest_in_group(command, place.group), earliest_of_rank(command, place.rank)));
  }

  // Requires: now >= earliest(command, place).
  void issue(DramCommand command, const BankPlace& place, Cycles now);
  // To a whole rank. Requires: now >= earliest_of_rank(command, rank).
  void issue_to_rank(DramCommand command, std::int32_t rank, Cycles now);
  // One more bank that the same command addresses.
  void add_bank(DramCommand command, std::int32_t bank, Cycles now);

 private:
  struct Effect {
    DramCommand following;
    Cycles latency;
  };
  using Effects = std::array<std::vector<Effect>, kDramCommands>;  // of each command
  struct Window {  // of a rule that looks further back than one command
    std::vector<DramCommand> following;
    Cycles latency;
    std::size_t length;
    std::vector<Cycles> ends;         // of the last `length` commands, per rank: rings
    std::vector<std::size_t> oldest;  // in each ring
  };

  static std::size_t index(std::int32_t node, DramCommand command) {
    return static_cast<std::size_t>(node) * kDramCommands + static_cast<std::size_t>(command);
  }
  std::size_t bus_of(DramCommand command) const {
    return column_bus_ && is_column(command) ? 1 : 0;
  }
  void add_rule(const TimingRule& rule, std::int32_t ranks, const CommandSet& used);
  void add_window(const TimingRule& rule, std::int32_t ranks);
  static void apply(const std::vector<Effect>& effects, std::vector<Cycles>& nodes,
                    std::int32_t node, Cycles now);
  void slide(Window& window, DramCommand command, std::int32_t rank, Cycles now);

  CommandClocks clocks_;
  bool column_bus_;  // column commands have a bus of their own
  std::int32_t ranks_sharing_data_;
  std::array<Effects, kRuleScopes> effects_;
  std::vector<Window> windows_;
  std::array<std::vector<std::size_t>, kDramCommands> windows_of_;
  std::vector<Cycles> banks_, groups_, ranks_;  // earliest, per node and command
  std::array<Cycles, 2> bus_free_{};
};

}  // namespace systolith
