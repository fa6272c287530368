#include "sim/report/json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "fixture.h"

namespace systolith {
namespace {

using nlohmann::ordered_json;
using report_test::small_report;

std::vector<std::string> keys(const ordered_json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

TEST(ReportJson, HasEveryKeyThatIsPromisedInItsOrder) {
  const auto json = ordered_json::parse(to_json(small_report(), {}));
  EXPECT_THAT(keys(json),
              testing::ElementsAre("version", "workload", "machine", "clock_hz", "total_cycles",
                                   "seconds", "macs", "commands", "array_utilization", "layers",
                                   "phases", "memory", "engines", "levels", "links", "dram",
                                   "bandwidth", "energy", "area", "tenants", "roofline", "host"));
  EXPECT_THAT(keys(json["layers"][0]),
              testing::ElementsAre("name", "op", "format", "dataflow", "start_cycle", "end_cycle",
                                   "cycles", "macs", "dram_bytes", "utilization", "bound_by"));
  EXPECT_THAT(keys(json["dram"]),
              testing::ElementsAre("bytes_read", "bytes_written", "requests", "row_hits",
                                   "row_misses", "bandwidth_fraction"));
  EXPECT_EQ(json["layers"][0]["bound_by"], "dram");
  EXPECT_EQ(json["layers"][1]["start_cycle"], 50);
}

TEST(ReportJson, AnEnginesBusyAndStallCyclesSumToTheTotal) {
  const auto json = ordered_json::parse(to_json(small_report(), {}));
  const auto& array = json["engines"]["core0.array"];
  std::int64_t sum = array["busy"];
  for (const auto& stall : array["stalls"]) sum += stall.get<std::int64_t>();
  EXPECT_EQ(sum, json["total_cycles"]);
  EXPECT_EQ(array["stalls"]["dram"], 25);
  EXPECT_EQ(array["stalls"]["idle"], 10);
}

TEST(ReportJson, TheOneTenantIsTheWholeRun) {
  const auto json = ordered_json::parse(to_json(small_report(), {}));
  ASSERT_EQ(json["tenants"].size(), 1U);
  EXPECT_EQ(json["tenants"][0]["end_cycle"], 100);
  EXPECT_EQ(json["tenants"][0]["dram_bytes"], 400);
}

TEST(ReportJson, OnlyTheHostSectionDependsOnTheHost) {
  HostReport slow;
  slow.wall_seconds = 9;
  slow.peak_rss_bytes = 1234;
  auto one = ordered_json::parse(to_json(small_report(), {}));
  auto other = ordered_json::parse(to_json(small_report(), slow));
  EXPECT_NE(one, other);
  one.erase("host");
  other.erase("host");
  EXPECT_EQ(one.dump(), other.dump());
}

}  // namespace
}  // namespace systolith
