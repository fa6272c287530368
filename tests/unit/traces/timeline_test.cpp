// The timeline, parsed back.
#include "traces/timeline/timeline.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "hw/arch/machine.h"
#include "tests/golden/golden_file.h"
#include "tests/unit/traces/scratch_folder.h"

namespace systolith {
namespace {

using nlohmann::json;

const ClockDomain kGigahertz(Hertz(1'000'000'000));

ProgramHeader header() {
  ProgramHeader header;
  header.workload = "w\"\xff";  // a name that is neither plain nor UTF-8
  header.layers.resize(2);
  header.layers[0].name = "conv";
  header.layers[1].name = "pool";
  return header;
}

Command command(Operation operation, std::uint32_t layer = 0) {
  Command command;
  command.layer = static_cast<LayerId>(layer);
  command.operation = std::move(operation);
  return command;
}

Command load(std::int64_t bytes, std::uint64_t address = 0) {
  Load load;
  load.run = bytes;
  load.system_address = address;
  return command(load);
}

template <class Fill>
json timeline_of(const ProgramHeader& header, ClockDomain clock, Fill fill) {
  testing::ScratchFolder folder;
  TimelineWriter writer(folder / "t.json", header, clock);
  fill(writer);
  writer.close();
  return json::parse(testing::read_file(folder / "t.json"));
}

std::vector<json> events_of(const json& timeline, const std::string& phase) {
  std::vector<json> events;
  for (const auto& event : timeline.at("traceEvents"))
    if (event.at("ph") == phase) events.push_back(event);
  return events;
}

TEST(Timeline, ACommandIsACompleteEventInMicroseconds) {
  const auto timeline = timeline_of(header(), kGigahertz, [](TimelineWriter& writer) {
    writer.add(load(640), Cycles(1500), Cycles(1750));
  });
  const json event = events_of(timeline, "X").at(0);
  EXPECT_EQ(event.at("ts"), 1.5);
  EXPECT_EQ(event.at("dur"), 0.25);
  EXPECT_EQ(event.at("pid"), 1);
  EXPECT_EQ(event.at("args"),
            json::parse(R"({"layer":"conv","opcode":"load","index":0,"bytes":640})"));
}

TEST(Timeline, TracksAreNamedByTheirEngine) {
  const auto timeline = timeline_of(header(), kGigahertz, [](TimelineWriter& writer) {
    writer.add(command(Sync{}), Cycles(0), Cycles(0));
  });
  std::vector<std::string> names;
  for (const auto& event : events_of(timeline, "M"))
    if (event.at("args").contains("name")) names.push_back(event.at("args").at("name"));
  EXPECT_EQ(names, (std::vector<std::string>{"core 0", "control", "layers", "layers (1)"}));
}

TEST(Timeline, EventsOfATrackNeverOverlap) {
  const auto timeline = timeline_of(header(), kGigahertz, [](TimelineWriter& writer) {
    std::mt19937 random(5);
    for (std::int64_t finish = 50; finish < 2000; finish += random() % 20)
      writer.add(load(1), Cycles(finish - static_cast<std::int64_t>(random() % 50)),
                 Cycles(finish));
  });
  std::map<std::pair<int, int>, double> ends;
  for (const auto& event : events_of(timeline, "X")) {
    double& end = ends[{event.at("pid"), event.at("tid")}];
    EXPECT_GE(event.at("ts").get<double>(), end - 1e-9);
    end = event.at("ts").get<double>() + event.at("dur").get<double>();
  }
  EXPECT_GT(ends.size(), 2u);
}

TEST(Timeline, ALayerReachesFromItsFirstStartToItsLastFinish) {
  const auto timeline = timeline_of(header(), kGigahertz, [](TimelineWriter& writer) {
    writer.add(command(Sync{}, 1), Cycles(2000), Cycles(3000));
    writer.add(command(Sync{}, 0), Cycles(1000), Cycles(4000));
    writer.add(command(Sync{}, 1), Cycles(1500), Cycles(5000));
  });
  std::map<std::string, std::array<double, 3>> layers;
  for (const auto& event : events_of(timeline, "X"))
    if (event.at("pid") == 2)
      layers[event.at("name")] = {event.at("ts"), event.at("dur"), event.at("tid")};
  EXPECT_EQ(layers.at("conv"), (std::array<double, 3>{1, 3, 1}));
  EXPECT_EQ(layers.at("pool"), (std::array<double, 3>{1.5, 3.5, 2}));
}

TEST(Timeline, CountersAreRatesByIntervalInTheirProcess) {
  const auto timeline = timeline_of(header(), kGigahertz, [](TimelineWriter& writer) {
    writer.counter("DRAM", "read", Cycles(2), {32, 0, 8});  // 16 bytes a nanosecond
    writer.counter("DRAM", "written", Cycles(2), {4});
    writer.counter("l2", "read", Cycles(2), {2});
  });
  std::vector<double> rates, times;
  std::map<int, std::set<std::string>> tracks;
  for (const auto& event : events_of(timeline, "C")) {
    rates.push_back(event.at("args").at("GB/s"));
    times.push_back(event.at("ts"));
    tracks[event.at("pid")].insert(event.at("name"));
  }
  EXPECT_EQ(rates, (std::vector<double>{16, 0, 4, 0, 2, 0, 1, 0}));
  EXPECT_EQ(times, (std::vector<double>{0, 0.002, 0.004, 0.006, 0, 0.002, 0, 0.002}));
  EXPECT_EQ(tracks, (std::map<int, std::set<std::string>>{{3, {"read GB/s", "written GB/s"}},
                                                          {4, {"read GB/s"}}}));
}

TEST(Timeline, ClocksOfAnyFrequencyGiveExactTimes) {
  const auto timeline = timeline_of(
      header(), ClockDomain(Hertz(700'000'000)),
      [](TimelineWriter& writer) { writer.add(command(Sync{}), Cycles(7), Cycles(14)); });
  EXPECT_EQ(events_of(timeline, "X").at(0).at("ts"), 0.01);
}

TEST(Timeline, TheSameCallsGiveTheSameBytes) {
  testing::ScratchFolder folder;
  for (const char* name : {"a", "b"}) {
    const ProgramHeader program = header();
    TimelineWriter writer(folder / name, program, kGigahertz);
    writer.add(load(64), Cycles(0), Cycles(9));
    writer.close();
  }
  EXPECT_EQ(testing::read_file(folder / "a"), testing::read_file(folder / "b"));
}

TEST(Timeline, WithoutCloseNothingIsLeftBehind) {
  testing::ScratchFolder folder;
  const ProgramHeader program = header();
  { TimelineWriter writer(folder / "t", program, kGigahertz); }
  EXPECT_EQ(folder.files(), 0u);
}

}  // namespace
}  // namespace systolith
