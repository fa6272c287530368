// Watches the commands of one channel and throws at the first that JEDEC's protocol forbids.
// Written from the standards' text, apart from the model's rule tables: it asks backwards ("when
// was the last ...?") where the model looks ahead.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "hw/dram/dram_controller.h"

namespace systolith {

class ProtocolChecker final : public DramCommandObserver {
 public:
  explicit ProtocolChecker(const DramConfig& config);

  void issued(DramCommand command, std::int32_t bank, std::int64_t row, Cycles at) override;

  std::int64_t commands() const { return commands_; }
  // Refreshes of the rank's bank so far, by either command.
  std::int64_t refreshes(std::int32_t bank) const { return refreshes_.at(bank); }

 private:
  struct Where {
    std::int32_t bank, group, rank;
  };

  std::int64_t t(const char* name) const;
  std::int64_t length(DramCommand command) const;
  // From the start of `before` to that of `after`; 0: none is asked for.
  void at_least(DramCommand before, std::int64_t last, DramCommand after, std::int64_t now,
                std::int64_t clocks) const;
  void check_bus(DramCommand command, std::int64_t now);
  void check_row(DramCommand command, const Where& where, std::int64_t row) const;
  void check_row_command(DramCommand command, const Where& where, std::int64_t now);
  void check_column_command(DramCommand command, const Where& where, std::int64_t now);
  void check_precharge(DramCommand command, const Where& where, std::int64_t now);
  void check_refresh(DramCommand command, const Where& where, std::int64_t now);
  void check_four_activates(DramCommand command, const Where& where, std::int64_t now);
  void check_data_bus(DramCommand command, const Where& where, std::int64_t now);
  void note(DramCommand command, const Where& where, std::int64_t row, std::int64_t now);
  std::vector<std::int32_t> banks_of(DramCommand command, const Where& where) const;
  [[noreturn]] void fail(const std::string& what, DramCommand command, const Where& where,
                         std::int64_t now) const;

  using Last = std::array<std::int64_t, kDramCommands>;
  static constexpr std::int64_t kNever = -1'000'000'000;

  DramConfig config_;
  DramStandard standard_;
  std::int32_t banks_of_group_, banks_of_rank_;
  std::vector<Last> by_bank_, by_group_, by_rank_;
  std::vector<std::int64_t> open_row_;                // -1: closed
  std::vector<std::vector<std::int64_t>> activates_;  // per rank: ends
  std::array<std::int64_t, 2> bus_until_{};
  struct Data {
    std::int64_t until = kNever;
    std::int32_t rank = -1;
    bool write = false;
  };
  std::vector<Data> data_;  // per data bus
  std::map<std::int32_t, std::int64_t> refreshes_;
  std::int64_t commands_ = 0;
};

}  // namespace systolith
