// What the feed schedules put into which lane, by hand on a 3 x 2 array with a tile of m=2, k=2 and
// n=1 or the like.
#include <gtest/gtest.h>

#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

std::unique_ptr<Dataflow> array_of(const std::string& name, const std::string& load = "pipelined") {
  ArrayConfig array;
  array.rows = 3;
  array.cols = 2;
  array.weight_load = load;
  return registration<Dataflow>(name).create(array);
}

using Fed = std::optional<TileElement>;
constexpr TileShape kTile{2, 2, 1};

TEST(FeedSchedule, WeightStationaryStreamsARowOfActivationsAStep) {
  const auto dataflow = array_of("weight_stationary");
  EXPECT_EQ(dataflow->fed(ArrayEdge::left, 1, 5, kTile),
            Fed(TileElement{TileOperand::activations, 5, 1}));
  EXPECT_EQ(dataflow->fed(ArrayEdge::left, 2, 0, kTile), std::nullopt);
}

TEST(FeedSchedule, APipelineTakesTheRowsOfWeightsInOrderAChainTheLastFirst) {
  const Fed first(TileElement{TileOperand::weights, 0, 0});
  EXPECT_EQ(array_of("weight_stationary")->fed(ArrayEdge::top, 0, 0, kTile), first);
  EXPECT_EQ(array_of("weight_stationary")->fed(ArrayEdge::top, 0, 2, kTile), std::nullopt);
  EXPECT_EQ(array_of("weight_stationary")->fed(ArrayEdge::top, 1, 0, kTile), std::nullopt);
  EXPECT_EQ(array_of("weight_stationary", "chain")->fed(ArrayEdge::top, 0, 2, kTile), first);
  EXPECT_EQ(array_of("weight_stationary", "chain")->fed(ArrayEdge::top, 0, 0, kTile), std::nullopt);
}

TEST(FeedSchedule, InputStationaryExchangesTheOperandsAndTransposesTheSums) {
  const auto dataflow = array_of("input_stationary");
  EXPECT_EQ(dataflow->fed(ArrayEdge::left, 1, 5, kTile),
            Fed(TileElement{TileOperand::weights, 1, 5}));
  EXPECT_EQ(dataflow->fed(ArrayEdge::top, 1, 0, kTile),
            Fed(TileElement{TileOperand::activations, 1, 0}));
  EXPECT_EQ(dataflow->lands(5, 1), (TileElement{TileOperand::sums, 1, 5}));
}

TEST(FeedSchedule, OutputStationaryStreamsBothOperandsAlongTheContraction) {
  const auto dataflow = array_of("output_stationary");
  EXPECT_EQ(dataflow->fed(ArrayEdge::left, 1, 5, kTile),
            Fed(TileElement{TileOperand::activations, 1, 5}));
  EXPECT_EQ(dataflow->fed(ArrayEdge::top, 0, 5, kTile),
            Fed(TileElement{TileOperand::weights, 5, 0}));
  EXPECT_EQ(dataflow->fed(ArrayEdge::top, 1, 5, kTile), std::nullopt);
}

TEST(FeedSchedule, ADataflowLimitsWhatItHoldsAndNotWhatItStreams) {
  constexpr std::int64_t kAny = Dataflow::kAny;
  const auto expect = [](const std::string& name, std::int64_t m, std::int64_t k, std::int64_t n) {
    const TileShape limits = array_of(name)->limits();
    EXPECT_EQ(limits.m, m) << name;
    EXPECT_EQ(limits.k, k) << name;
    EXPECT_EQ(limits.n, n) << name;
  };
  expect("weight_stationary", kAny, 3, 2);
  expect("input_stationary", 2, 3, kAny);
  expect("output_stationary", 3, kAny, 2);
}

}  // namespace
}  // namespace systolith
