#include "sim/report/tables.h"

#include <gmock/gmock.h>

#include "fixture.h"
#include "sim/report/progress.h"
#include "sim/report/text_table.h"

namespace systolith {
namespace {

TEST(TextTable, ColumnsAreAsWideAsTheirWidestCell) {
  TextTable table({{"name", TextTable::Align::left}, {"n"}});
  table.add({"a", "1"});
  table.add({"longer", "1000"});
  EXPECT_EQ(table.text(),
            "name       n\n"
            "------  ----\n"
            "a          1\n"
            "longer  1000\n");
}

TEST(TextTable, AShortRowIsABug) {
  TextTable table({{"name"}, {"n"}});
  EXPECT_THROW(table.add({"a"}), InternalError);
}

TEST(HumanNumbers, KeepOneDecimalAndTheRightPrefix) {
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(human_si(4.09e9), "4.1 G");
  EXPECT_EQ(human_si(0), "0");
  EXPECT_EQ(shortened("resnetv24_stage1_conv0_fwd", 10), "resn.._fwd");
}

TEST(ReportTables, ALayersLineSaysCyclesUtilisationTrafficAndBound) {
  EXPECT_EQ(layer_section(report_test::small_report()),
            "Layers (array: share of the array's peak from the layer's first work to its end)\n"
            "layer   op         format  cycles  of total  MACs  array   DRAM  bound by\n"
            "------  ---------  ------  ------  --------  ----  -----  -----  --------\n"
            "first   Conv+Relu  int8        60     60.0%   640  66.7%  300 B  dram\n"
            "second  Gemm       int8        40     40.0%   160  25.0%  100 B  busy\n"
            "\n");
}

TEST(ReportTables, AnEnginesLineSaysWhereItsCyclesWent) {
  const std::string text = engine_section(report_test::small_report());
  EXPECT_THAT(text, testing::HasSubstr("engine        busy   dram   idle\n"));  // and no others
  EXPECT_THAT(text, testing::HasSubstr("core0.array  65.0%  25.0%  10.0%\n"));
}

TEST(ReportTables, TheLastLineIsTheTotal) {
  EXPECT_EQ(total_section(report_test::small_report()),
            "pair on small: 100 cycles, 0.000 ms at 1.0 GHz, 800 MACs, array 50.0% used\n");
}

TEST(Progress, SaysPercentCyclesAndRate) {
  EXPECT_EQ(progress_text("pair", Cycles(1000), 0.5, 0.5),
            "pair [###############               ]  50%  1,000 cycles  2.0 k cycles/s");
}

}  // namespace
}  // namespace systolith
