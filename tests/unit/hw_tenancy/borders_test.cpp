#include "hw/tenancy/borders.h"

#include <gtest/gtest.h>

#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

class Stream {
 public:
  Stream& add(Operation operation, int layer = 0) {
    Command command;
    command.index = commands.size();
    command.layer = static_cast<LayerId>(layer);
    command.operation = std::move(operation);
    commands.push_back(std::move(command));
    return *this;
  }
  std::vector<Command> commands;
};

Matmul product(std::int64_t row, bool accumulate = false, bool new_weights = true) {
  Matmul op = matmul(0, 4, 2, 2);
  op.accumulator_row = row;
  op.accumulate = accumulate;
  op.new_weights = new_weights;
  return op;
}

VectorOp drain(std::uint64_t row) {
  VectorOp op = requantize(4, 2, 0);
  op.a.address = row;
  return op;
}

using Borders = std::vector<bool>;

TEST(Borders, WeightsThatWaitInThePlanesAreNotLeftBehind) {
  Stream s;
  s.add(preload(0, 2, 2))
      .add(product(0))
      .add(drain(0))
      .add(preload(0, 2, 2))
      .add(product(0))
      .add(drain(0));
  EXPECT_EQ(tile_borders(s.commands), (Borders{true, false, false, true, false, false}));
}

TEST(Borders, APreloadAheadOfTheLastProductJoinsTheirTiles) {
  Stream s;  // double buffered: the second tile's weights are on their way during the first
  s.add(preload(0, 2, 2))
      .add(preload(0, 2, 2))
      .add(product(0))
      .add(drain(0))
      .add(product(4))
      .add(drain(4));
  EXPECT_EQ(tile_borders(s.commands), (Borders{true, false, false, false, false, false}));
}

TEST(Borders, WeightsThatAreUsedAgainStay) {
  Stream s;
  s.add(preload(0, 2, 2)).add(product(0)).add(drain(0)).add(product(0, false, false)).add(drain(0));
  EXPECT_EQ(tile_borders(s.commands), (Borders{true, false, false, false, false}));
}

TEST(Borders, SumsThatAreStillAddedToStay) {
  Stream s;
  s.add(preload(0, 2, 2)).add(product(0)).add(preload(0, 2, 2)).add(product(0, true)).add(drain(0));
  EXPECT_EQ(tile_borders(s.commands), (Borders{true, false, false, false, false}));
}

TEST(Borders, OfTwoHalvesOfTheAccumulatorsBothMustBeDrained) {
  Stream s;
  s.add(preload(0, 2, 2)).add(product(0));
  s.add(preload(0, 2, 2)).add(product(4)).add(drain(0)).add(drain(4));
  s.add(preload(0, 2, 2)).add(product(0)).add(drain(0));
  EXPECT_EQ(tile_borders(s.commands),
            (Borders{true, false, false, false, false, false, true, false, false}));
}

TEST(Borders, LoadsAndStoresMayBeCutAnywhereElse) {
  Stream s;
  s.add(transfer<Load>(0, 0, 64)).add(transfer<Store>(0, 0, 64)).add(transfer<Load>(0, 0, 64));
  EXPECT_EQ(tile_borders(s.commands), (Borders{true, true, true}));
}

TEST(Borders, LayersBeginWithTheirFirstCommandButLoads) {
  Stream s;
  s.add(transfer<Load>(0, 0, 64), 0).add(drain(0), 0);
  s.add(transfer<Load>(0, 0, 64), 1).add(transfer<Store>(0, 0, 64), 0);
  s.add(transfer<Store>(0, 0, 64), 1).add(transfer<Store>(0, 0, 64), 1);
  EXPECT_EQ(layer_borders(s.commands), (Borders{false, false, false, false, true, false}));
}

}  // namespace
}  // namespace systolith
