// What a controller sends to its DRAM devices.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

namespace systolith {

enum class DramCommand : std::uint8_t {
  activate,         // opens a row of a bank
  precharge,        // closes a bank's row
  read,             // one burst
  read_precharge,   // one burst, then the row closes by itself
  write,            // one burst
  write_precharge,  // one burst, then the row closes by itself
  precharge_all,    // closes the rows of a rank
  refresh_all,      // every bank of a rank
  refresh_bank,     // one bank, or one bank of every group
};
inline constexpr std::size_t kDramCommands = 9;
inline constexpr std::size_t kBankCommands = 6;  // the first ones: those that requests call for
using CommandSet = std::bitset<kDramCommands>;

// As data sheets write them.
inline constexpr std::array<std::string_view, kDramCommands> kDramCommandNames = {
    "ACT", "PRE", "RD", "RDA", "WR", "WRA", "PREA", "REF", "REFB"};

constexpr std::string_view to_string(DramCommand command) {
  return kDramCommandNames[static_cast<std::size_t>(command)];
}

constexpr bool is_read(DramCommand command) {
  return command == DramCommand::read || command == DramCommand::read_precharge;
}
constexpr bool is_write(DramCommand command) {
  return command == DramCommand::write || command == DramCommand::write_precharge;
}
// Moves data; the others work on rows.
constexpr bool is_column(DramCommand command) { return is_read(command) || is_write(command); }
// Addresses a whole rank.
constexpr bool is_rank_wide(DramCommand command) {
  return command == DramCommand::precharge_all || command == DramCommand::refresh_all;
}

}  // namespace systolith
