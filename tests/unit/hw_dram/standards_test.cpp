#include <gtest/gtest.h>

#include "hw/dram/dram_device.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

TEST(DramStandards, PeakBandwidthIsThatOfTheirDataRate) {
  const auto peak = [](const char* name) { return dram_config(name).peak_bytes_per_second(); };
  EXPECT_DOUBLE_EQ(peak("ddr3_1600"), 12.8e9);    // 1600 MT/s x 8 B
  EXPECT_NEAR(peak("ddr3_2133"), 17.067e9, 1e6);  // 2133 MT/s x 8 B
  EXPECT_DOUBLE_EQ(peak("ddr4_2400"), 19.2e9);    // 2400 MT/s x 8 B
  EXPECT_DOUBLE_EQ(peak("ddr4_3200"), 25.6e9);    // 3200 MT/s x 8 B
  EXPECT_DOUBLE_EQ(peak("ddr5_4800"), 19.2e9);    // 4800 MT/s x 4 B
  EXPECT_DOUBLE_EQ(peak("ddr5_6400"), 25.6e9);    // 6400 MT/s x 4 B
  EXPECT_DOUBLE_EQ(peak("lpddr4_3200"), 6.4e9);   // 3200 MT/s x 2 B
  EXPECT_DOUBLE_EQ(peak("lpddr5_6400"), 12.8e9);  // 6400 MT/s x 2 B
  EXPECT_DOUBLE_EQ(peak("gddr6_14000"), 28e9);    // 14 Gb/s x 16 pins
  EXPECT_DOUBLE_EQ(peak("hbm2_2000"), 16e9);      // 2 Gb/s x 64 pins
  EXPECT_DOUBLE_EQ(peak("hbm2e_3200"), 25.6e9);   // 3.2 Gb/s x 64 pins
  EXPECT_DOUBLE_EQ(peak("hbm3_6400"), 25.6e9);    // 6.4 Gb/s x 32 pins
}

TEST(DramStandards, CapacityIsRowsTimesColumnsTimesBanks) {
  const auto capacity = [](const char* name) { return dram_config(name).capacity(); };
  EXPECT_EQ(capacity("ddr4_2400"), mebibytes(8192));
  EXPECT_EQ(capacity("lpddr4_3200"), mebibytes(1024));
  EXPECT_EQ(capacity("hbm2_2000"), mebibytes(512));
}

TEST(DramStandards, RanksPseudoChannelsAndChannelsMultiplyIt) {
  DramConfig config = dram_config("hbm2_2000", 3);
  config.pseudochannels = config.ranks = 2;
  EXPECT_EQ(config.capacity(), mebibytes(512) * 12);
  EXPECT_DOUBLE_EQ(config.peak_bytes_per_second(), 16e9 * 6);  // ranks share their pins
}

// What a machine may override is what the rules use.
TEST(DramStandards, EveryOneSaysItsTimings) {
  for (const auto* entry : registrations<DramStandard>()) {
    const auto timings = entry->create().facts(entry->name).timings;
    for (const char* name : {"CL", "CWL", "RCD", "RP", "RAS", "RFC", "REFI", "RRD_S", "WTR_S",
                             "FAW", "WR", "RTP", "CCD_S", "RTW", "RTRS"})
      EXPECT_EQ(timings.count(name), 1U) << entry->name << " " << name;
    EXPECT_EQ(timings.at("RCDWR") == timings.at("RCD"),
              std::string(entry->name).find("hbm") == std::string::npos &&
                  std::string(entry->name).find("gddr") == std::string::npos)
        << entry->name;
  }
}

// The reference table's rows (its columns CL, CWL, RCD, RCDWR, RP, RPAB, RAS, RFC, REFI, RRD, WTR,
// FAW, WR, RTP, CCD), from which three public simulators were run.
TEST(DramStandards, TheTablesOfTheReference) {
  struct Row {
    const char* name;
    std::vector<std::int64_t> clocks;
  };
  const std::vector<std::string> columns = {"CL",    "CWL", "RCD",  "RCDWR", "RP",    "RPAB",
                                            "RAS",   "RFC", "REFI", "RRD_S", "RRD_L", "WTR_S",
                                            "WTR_L", "FAW", "WR",   "RTP",   "CCD_S", "CCD_L"};
  const Row rows[] = {
      {"ddr4_2400", {17, 12, 17, 17, 17, 17, 39, 420, 9360, 4, 6, 3, 9, 26, 18, 9, 4, 6}},
      {"ddr4_3200", {22, 16, 22, 22, 22, 22, 52, 560, 12480, 4, 8, 4, 12, 34, 24, 12, 4, 8}},
      {"lpddr4_3200", {28, 14, 29, 29, 29, 34, 68, 448, 6246, 16, 16, 16, 16, 64, 29, 12, 8, 8}},
      {"hbm2_2000", {14, 5, 14, 12, 14, 14, 34, 260, 3900, 4, 4, 6, 8, 15, 16, 5, 2, 4}},
  };
  for (const Row& row : rows) {
    const auto timings = dram_config(row.name).facts.timings;
    for (std::size_t i = 0; i < columns.size(); ++i)
      EXPECT_EQ(timings.at(columns[i]), row.clocks[i]) << row.name << " " << columns[i];
  }
}

}  // namespace
}  // namespace systolith
