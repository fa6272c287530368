#include "tests/property/dram/protocol_checker.h"

#include <algorithm>
#include <stdexcept>

namespace systolith {
namespace {

using C = DramCommand;
constexpr std::size_t of(C command) { return static_cast<std::size_t>(command); }

}  // namespace

ProtocolChecker::ProtocolChecker(const DramConfig& config)
    : config_(config), standard_(registration<DramStandard>(config.standard).create()) {
  const DramGeometry& geometry = standard_.geometry;
  banks_of_group_ = static_cast<std::int32_t>(geometry.banks_per_group);
  banks_of_rank_ = banks_of_group_ * static_cast<std::int32_t>(geometry.bank_groups);
  const auto ranks = static_cast<std::size_t>(config.ranks * config.pseudochannels);
  Last never;
  never.fill(kNever);
  by_bank_.assign(ranks * static_cast<std::size_t>(banks_of_rank_), never);
  by_group_.assign(ranks * static_cast<std::size_t>(geometry.bank_groups), never);
  by_rank_.assign(ranks, never);
  open_row_.assign(by_bank_.size(), -1);
  activates_.resize(ranks);
  data_.resize(static_cast<std::size_t>(config.pseudochannels));
}

std::int64_t ProtocolChecker::t(const char* name) const {
  const auto found = config_.timing.find(name);
  if (found != config_.timing.end()) return found->second;
  const auto standard = config_.facts.timings.find(name);
  return standard == config_.facts.timings.end() ? 0 : standard->second;
}

std::int64_t ProtocolChecker::length(C command) const {
  switch (command) {
    case C::activate:
      return standard_.command_clocks.activate;
    case C::precharge:
    case C::precharge_all:
      return standard_.command_clocks.precharge;
    case C::refresh_all:
    case C::refresh_bank:
      return standard_.command_clocks.refresh;
    default:
      return standard_.command_clocks.column;
  }
}

void ProtocolChecker::fail(const std::string& what, C command, const Where& where,
                           std::int64_t now) const {
  throw std::logic_error(fmt::format("{}: {} to bank {} at {}: {}", config_.standard,
                                     to_string(command), where.bank, now, what));
}

void ProtocolChecker::at_least(C before, std::int64_t last, C after, std::int64_t now,
                               std::int64_t clocks) const {
  const std::int64_t ends = now + length(after) - last - length(before);
  if (last != kNever && ends < clocks)
    fail(fmt::format("{} clocks after {} at {}, {} wanted", ends, to_string(before), last, clocks),
         after, {}, now);
}

void ProtocolChecker::issued(C command, std::int32_t bank, std::int64_t row, Cycles at) {
  const Where where{bank, bank / banks_of_group_, bank / banks_of_rank_};
  const std::int64_t now = at.count();
  check_bus(command, now);
  check_row(command, where, row);
  if (is_column(command))
    check_column_command(command, where, now), check_data_bus(command, where, now);
  else if (command == C::activate)
    check_row_command(command, where, now), check_four_activates(command, where, now);
  else if (command == C::precharge || command == C::precharge_all)
    check_precharge(command, where, now);
  else
    check_refresh(command, where, now), check_four_activates(command, where, now);
  note(command, where, row, now);
  ++commands_;
}

void ProtocolChecker::check_bus(C command, std::int64_t now) {
  std::int64_t& until = bus_until_[standard_.two_command_buses && is_column(command)];
  if (now < until) fail("the command bus is taken", command, {}, now);
  until = now + length(command);
}

std::vector<std::int32_t> ProtocolChecker::banks_of(C command, const Where& where) const {
  std::vector<std::int32_t> banks;
  const std::int32_t first = where.rank * banks_of_rank_;
  const bool every_group = command == C::refresh_bank && standard_.refreshes_a_bank_of_every_group;
  for (std::int32_t bank = first; bank < first + banks_of_rank_; ++bank)
    if (is_rank_wide(command) || bank == where.bank ||
        (every_group && bank % banks_of_group_ == where.bank % banks_of_group_))
      banks.push_back(bank);
  return banks;
}

void ProtocolChecker::check_row(C command, const Where& where, std::int64_t row) const {
  for (const std::int32_t bank : banks_of(command, where)) {
    const std::int64_t open = open_row_[static_cast<std::size_t>(bank)];
    if (is_column(command) && open != row) fail("its row is not open", command, where, 0);
    if (command == C::activate && open != -1) fail("a row is open", command, where, 0);
    if ((command == C::refresh_all || command == C::refresh_bank) && open != -1)
      fail(fmt::format("bank {} has an open row", bank), command, where, 0);
  }
}

// When a bank is precharged after a column command with auto-precharge: not before RAS.
void ProtocolChecker::check_row_command(C command, const Where& where, std::int64_t now) {
  const Last& bank = by_bank_[static_cast<std::size_t>(where.bank)];
  const Last& group = by_group_[static_cast<std::size_t>(where.group)];
  const Last& rank = by_rank_[static_cast<std::size_t>(where.rank)];
  const auto after = [&](C before, const Last& last, std::int64_t clocks) {
    at_least(before, last[of(before)], command, now, clocks);
  };
  const std::int64_t write_end = t("CWL") + t("DQSS") + standard_.burst_cycles;
  after(C::activate, bank, t("RAS") + t("RP"));
  after(C::precharge, bank, t("RP"));
  after(C::read_precharge, bank, t("RTP") + t("RP"));
  after(C::write_precharge, bank, write_end + t("WR") + t("RP"));
  after(C::refresh_bank, bank, t("RFCB"));
  after(C::activate, group, t("RRD_L"));
  after(C::activate, rank, t("RRD_S"));
  after(C::precharge_all, rank, t("RPAB"));
  after(C::refresh_all, rank, t("RFC"));
  after(C::refresh_bank, rank, t("RREFD"));
}

void ProtocolChecker::check_column_command(C command, const Where& where, std::int64_t now) {
  const Last& bank = by_bank_[static_cast<std::size_t>(where.bank)];
  const Last& group = by_group_[static_cast<std::size_t>(where.group)];
  const Last& rank = by_rank_[static_cast<std::size_t>(where.rank)];
  at_least(C::activate, bank[of(C::activate)], command, now,
           is_read(command) ? t("RCD") : t("RCDWR"));
  const std::int64_t write_end = t("CWL") + t("DQSS") + standard_.burst_cycles;
  for (const C read : {C::read, C::read_precharge})
    if (is_read(command)) {
      at_least(read, group[of(read)], command, now, t("CCD_L"));
      at_least(read, rank[of(read)], command, now, t("CCD_S"));
    }
  for (const C write : {C::write, C::write_precharge}) {
    at_least(write, group[of(write)], command, now,
             is_read(command) ? write_end + t("WTR_L") : t("CCD_L_WR"));
    at_least(write, rank[of(write)], command, now,
             is_read(command) ? write_end + t("WTR_S") : t("CCD_S_WR"));
  }
  if (command == C::read_precharge)  // it precharges RTP later
    at_least(C::write, bank[of(C::write)], command, now, write_end + t("WR") - t("RTP"));
}

void ProtocolChecker::check_precharge(C command, const Where& where, std::int64_t now) {
  const Last& last = command == C::precharge ? by_bank_[static_cast<std::size_t>(where.bank)]
                                             : by_rank_[static_cast<std::size_t>(where.rank)];
  const Last& rank = by_rank_[static_cast<std::size_t>(where.rank)];
  at_least(C::activate, last[of(C::activate)], command, now, t("RAS"));
  for (const C read : {C::read, C::read_precharge})
    at_least(read, last[of(read)], command, now, t("RTP"));
  for (const C write : {C::write, C::write_precharge})
    at_least(write, last[of(write)], command, now,
             t("CWL") + t("DQSS") + standard_.burst_cycles + t("WR"));
  for (const C precharge : {C::precharge, C::precharge_all})
    at_least(precharge, rank[of(precharge)], command, now, t("PPD"));
}

void ProtocolChecker::check_refresh(C command, const Where& where, std::int64_t now) {
  const std::int64_t write_end = t("CWL") + t("DQSS") + standard_.burst_cycles;
  const Last& rank = by_rank_[static_cast<std::size_t>(where.rank)];
  for (const std::int32_t index : banks_of(command, where)) {
    const Last& bank = by_bank_[static_cast<std::size_t>(index)];
    at_least(C::activate, bank[of(C::activate)], command, now, t("RAS") + t("RP"));
    at_least(C::precharge, bank[of(C::precharge)], command, now, t("RP"));
    at_least(C::read_precharge, bank[of(C::read_precharge)], command, now, t("RTP") + t("RP"));
    at_least(C::write_precharge, bank[of(C::write_precharge)], command, now,
             write_end + t("WR") + t("RP"));
    at_least(C::refresh_bank, bank[of(C::refresh_bank)], command, now, t("RFCB"));
  }
  at_least(C::precharge_all, rank[of(C::precharge_all)], command, now, t("RPAB"));
  at_least(C::refresh_all, rank[of(C::refresh_all)], command, now, t("RFC"));
  if (command == C::refresh_bank) {
    at_least(C::activate, rank[of(C::activate)], command, now, t("RRD_S"));
    at_least(C::refresh_bank, rank[of(C::refresh_bank)], command, now, t("RREFD"));
  }
}

void ProtocolChecker::check_four_activates(C command, const Where& where, std::int64_t now) {
  if (command == C::refresh_all) return;
  std::vector<std::int64_t>& ends = activates_[static_cast<std::size_t>(where.rank)];
  const std::int64_t end = now + length(command);
  if (ends.size() >= 4 && end - ends[ends.size() - 4] < t("FAW"))
    fail("a fifth activate within FAW", command, where, now);
  ends.push_back(end);
  if (ends.size() > 64) ends.erase(ends.begin(), ends.end() - 4);
}

// Bursts do not overlap, and leave room where the bus changes direction or rank.
void ProtocolChecker::check_data_bus(C command, const Where& where, std::int64_t now) {
  const bool write = is_write(command);
  Data& bus = data_[static_cast<std::size_t>(where.rank / config_.ranks)];
  const std::int64_t latency = write ? t("CWL") + t("DQSS") : t("CL") + t("DQSCK");
  const std::int64_t begin = now + length(command) - 1 + latency;
  std::int64_t gap = 0;
  if (bus.rank != where.rank) gap = t("RTRS");
  if (bus.rank == where.rank && write && !bus.write) gap = t("RTW") + t("DQSS");
  if (bus.until != kNever && begin < bus.until + gap)
    fail(fmt::format("data at {}, but the bus is taken until {}", begin, bus.until + gap), command,
         where, now);
  bus = {begin + standard_.burst_cycles, where.rank, write};
}

void ProtocolChecker::note(C command, const Where& where, std::int64_t row, std::int64_t now) {
  for (const std::int32_t index : banks_of(command, where)) {
    const auto bank = static_cast<std::size_t>(index);
    if (!is_rank_wide(command)) by_bank_[bank][of(command)] = now;
    if (command == C::activate)
      open_row_[bank] = row;
    else if (command != C::read && command != C::write)
      open_row_[bank] = -1;
    if (command == C::refresh_all || command == C::refresh_bank) ++refreshes_[index];
  }
  by_group_[static_cast<std::size_t>(where.group)][of(command)] = now;
  by_rank_[static_cast<std::size_t>(where.rank)][of(command)] = now;
}

}  // namespace systolith
