#include "hw/dram/timing_state.h"

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr Cycles kLongAgo(-1'000'000);  // before any command

constexpr std::size_t number(DramCommand command) { return static_cast<std::size_t>(command); }

}  // namespace

TimingState::TimingState(const std::vector<TimingRule>& rules, const ChannelShape& shape,
                         const CommandClocks& clocks, bool two_command_buses,
                         const CommandSet& used)
    : clocks_(clocks), column_bus_(two_command_buses), ranks_sharing_data_(shape.ranks) {
  for (const TimingRule& rule : rules) add_rule(rule, shape.all_ranks(), used);
  const auto nodes = [](std::int32_t count) {
    return std::vector<Cycles>(static_cast<std::size_t>(count) * kDramCommands);
  };
  banks_ = nodes(shape.all_banks());
  groups_ = nodes(shape.all_groups());
  ranks_ = nodes(shape.all_ranks());
}

void TimingState::add_rule(const TimingRule& rule, std::int32_t ranks, const CommandSet& used) {
  if (rule.window > 1) return add_window(rule, ranks);
  Effects& effects = effects_[static_cast<std::size_t>(rule.scope)];
  for (const DramCommand before : rule.preceding)
    for (const DramCommand after : rule.following)
      if (used[number(after)])
        effects[number(before)].push_back(
            {after, rule.latency + Cycles(clocks_.of(before) - clocks_.of(after))});
}

void TimingState::add_window(const TimingRule& rule, std::int32_t ranks) {
  SYSTOLITH_CHECK(rule.scope == RuleScope::rank, "windows are counted per rank");
  for (const DramCommand before : rule.preceding)
    windows_of_[number(before)].push_back(windows_.size());
  const auto length = static_cast<std::size_t>(rule.window);
  const auto count = static_cast<std::size_t>(ranks);
  windows_.push_back({rule.following, rule.latency, length,
                      std::vector<Cycles>(count * length, kLongAgo - rule.latency),
                      std::vector<std::size_t>(count)});
}

void TimingState::apply(const std::vector<Effect>& effects, std::vector<Cycles>& nodes,
                        std::int32_t node, Cycles now) {
  for (const Effect& effect : effects) {
    Cycles& earliest = nodes[index(node, effect.following)];
    earliest = later(earliest, now + effect.latency);
  }
}

void TimingState::issue(DramCommand command, const BankPlace& place, Cycles now) {
  add_bank(command, place.bank, now);
  const Effects& in_group = effects_[static_cast<std::size_t>(RuleScope::bankgroup)];
  apply(in_group[number(command)], groups_, place.group, now);
  issue_to_rank(command, place.rank, now);
}

void TimingState::add_bank(DramCommand command, std::int32_t bank, Cycles now) {
  const Effects& in_bank = effects_[static_cast<std::size_t>(RuleScope::bank)];
  apply(in_bank[number(command)], banks_, bank, now);
}

void TimingState::issue_to_rank(DramCommand command, std::int32_t rank, Cycles now) {
  bus_free_[bus_of(command)] = now + Cycles(clocks_.of(command));
  const Effects& in_rank = effects_[static_cast<std::size_t>(RuleScope::rank)];
  apply(in_rank[number(command)], ranks_, rank, now);
  for (const std::size_t window : windows_of_[number(command)])
    slide(windows_[window], command, rank, now);
  if (ranks_sharing_data_ == 1) return;
  const Effects& elsewhere = effects_[static_cast<std::size_t>(RuleScope::other_ranks)];
  const std::int32_t first = rank - rank % ranks_sharing_data_;
  for (std::int32_t other = first; other < first + ranks_sharing_data_; ++other)
    if (other != rank) apply(elsewhere[number(command)], ranks_, other, now);
}

void TimingState::slide(Window& window, DramCommand command, std::int32_t rank, Cycles now) {
  Cycles* ring = &window.ends[static_cast<std::size_t>(rank) * window.length];
  std::size_t& oldest = window.oldest[static_cast<std::size_t>(rank)];
  ring[oldest] = now + Cycles(clocks_.of(command));
  oldest = oldest + 1 == window.length ? 0 : oldest + 1;
  for (const DramCommand after : window.following) {
    Cycles& earliest = ranks_[index(rank, after)];
    earliest = later(earliest, ring[oldest] + window.latency - Cycles(clocks_.of(after)));
  }
}

}  // namespace systolith
