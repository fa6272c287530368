// Hand counts on a 4 x 4 array.
#include "hw/dataflow/array_schedule.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

struct Array {
  explicit Array(const std::string& name, std::int64_t planes = 2,
                 const std::string& weight_load = "pipelined") {
    ArrayConfig config;
    config.rows = config.cols = 4;
    config.weight_load = weight_load;
    dataflow = registration<Dataflow>(name).create(config);
    schedule.emplace(*dataflow, planes);
  }

  // Each as early as it goes, full speed; when it starts.
  std::int64_t load() {
    const Cycles start = schedule->load_ready().value();
    schedule->load(start + dataflow->load({}));
    return start.count();
  }
  std::int64_t stream(const ArraySchedule::Stream& stream) {
    const Cycles start = schedule->stream_ready(stream).value();
    finish = schedule->stream(stream, start, start + dataflow->stream(stream.tile)).count();
    return start.count();
  }

  std::unique_ptr<Dataflow> dataflow;
  std::optional<ArraySchedule> schedule;
  std::int64_t finish = 0;  // of the latest stream
};

constexpr TileShape kTile{5, 4, 4};

TEST(ArraySchedule, AStreamWaitsForItsTileAndTheNextLoadForTheStream) {
  Array array("weight_stationary");
  EXPECT_EQ(array.schedule->stream_ready({kTile}), std::nullopt);
  EXPECT_EQ(array.load(), 0);
  EXPECT_EQ(array.schedule->load_ready(), std::nullopt);
  EXPECT_EQ(array.stream({kTile}), 4);
  EXPECT_EQ(array.finish, 4 + 5 + 4 + 4 - 2);
  EXPECT_EQ(array.load(), 4);
  EXPECT_EQ(array.stream({kTile}), 9);
}

TEST(ArraySchedule, AChainIsLoadedWhenTheSwapHasPassedTheLastRow) {
  Array array("weight_stationary", 2, "chain");
  array.load();
  EXPECT_EQ(array.stream({kTile}), 4);
  EXPECT_EQ(array.load(), 4 + 3);
  EXPECT_EQ(array.stream({kTile}), 4 + 2 * 4 - 1);
}

TEST(ArraySchedule, AKeptTileStreamsAtOnceAndASinglePlaneIsLoadedWhenTheArrayIsEmpty) {
  Array array("input_stationary", 1);
  array.load();
  EXPECT_EQ(array.stream({{4, 4, 5}}), 4);
  EXPECT_EQ(array.stream({{4, 4, 6}, false}), 9);
  EXPECT_EQ(array.finish, 9 + 6 + 4 + 4 - 2);
  EXPECT_EQ(array.load(), array.finish);
}

TEST(ArraySchedule, SumsLeaveInAsManyCyclesAsThereAreRows) {
  Array array("output_stationary");
  const TileShape shallow{4, 1, 4};
  EXPECT_EQ(array.stream({shallow}), 0);
  EXPECT_EQ(array.finish, 1 + 2 * 4 + 4 - 3);
  EXPECT_EQ(array.stream({shallow}), 4);
  EXPECT_EQ(array.stream({{4, 3, 4}}), 4 + 4 - 2);  // its last row enters 4 after the other's
  EXPECT_EQ(array.stream({{4, 9, 4}}), 9);
}

TEST(ArraySchedule, SumsThatStayDelayNothing) {
  Array array("output_stationary");
  const TileShape shallow{4, 1, 4};
  EXPECT_EQ(array.stream({shallow}), 0);
  EXPECT_EQ(array.stream({shallow, true, false}), 1);
  EXPECT_EQ(array.stream({shallow, false, false}), 2);
  EXPECT_EQ(array.stream({shallow, false, true}), 4);
}

TEST(ArraySchedule, WithOnePlaneSumsLeaveBeforeTheNextTile) {
  Array array("output_stationary", 1);
  EXPECT_EQ(array.stream({{4, 7, 4}}), 0);
  EXPECT_EQ(array.stream({{4, 7, 4}}), 7 + 2 * 4 + 4 - 3);
}

TEST(ArraySchedule, RowsThatComeLateDelayAsMuchAsTheyAreLate) {
  Array array("weight_stationary");
  array.load();
  const Cycles finish = array.schedule->stream({kTile}, Cycles(4), Cycles(4 + 5 + 2));
  EXPECT_EQ(finish, Cycles(4 + 5 + 2 + 4 + 4 - 2));
  EXPECT_EQ(array.schedule->stream_ready({kTile, false}), Cycles(11));
}

}  // namespace
}  // namespace systolith
