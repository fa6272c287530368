#include <gtest/gtest.h>

#include "hw/base/error.h"
#include "hw/control/scoreboard.h"
#include "hw/control/systemc_kernel.h"

namespace systolith {
namespace {

CommandRef ref(std::uint64_t index, int core = 0) { return {static_cast<CoreId>(core), index}; }

struct Counter final : CompletionWaiter {
  void completed(CommandRef) override { ++calls; }
  int calls = 0;
};

TEST(Scoreboard, ACommandIsCompleteOnlyOnceItCompleted) {
  const SystemcKernel kernel;
  Scoreboard board("scoreboard", 1);
  EXPECT_FALSE(board.is_complete(ref(0)));
  board.dispatched(ref(0), Engine::load);
  board.dispatched(ref(1), Engine::array);
  board.complete(ref(1));
  EXPECT_FALSE(board.is_complete(ref(0)));
  EXPECT_TRUE(board.is_complete(ref(1)));
  EXPECT_EQ(board.engine_of(ref(0)), Engine::load);
  EXPECT_EQ(board.engine_of(ref(1)), std::nullopt);
  board.complete(ref(0));
  EXPECT_TRUE(board.is_complete(ref(0)));
}

TEST(Scoreboard, CoresAreApart) {
  const SystemcKernel kernel;
  Scoreboard board("scoreboard", 2);
  board.dispatched(ref(0, 1), Engine::load);
  board.complete(ref(0, 1));
  EXPECT_TRUE(board.is_complete(ref(0, 1)));
  EXPECT_FALSE(board.is_complete(ref(0, 0)));
}

TEST(Scoreboard, AWaiterIsCalledOnceForItsCommand) {
  const SystemcKernel kernel;
  Scoreboard board("scoreboard", 1);
  for (std::uint64_t i = 0; i < 2; ++i) board.dispatched(ref(i), Engine::load);
  Counter waiter;
  board.wait(ref(1), waiter);
  board.complete(ref(0));
  EXPECT_EQ(waiter.calls, 0);
  board.complete(ref(1));
  EXPECT_EQ(waiter.calls, 1);
}

TEST(Scoreboard, TheWindowGrowsOverAStuckCommandAndKeepsItsState) {
  const SystemcKernel kernel;
  Scoreboard board("scoreboard", 1);
  constexpr std::uint64_t kMany = 10'000;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    board.dispatched(ref(i), Engine::vector);
    if (i != 3) board.complete(ref(i));
  }
  EXPECT_FALSE(board.is_complete(ref(3)));
  EXPECT_EQ(board.engine_of(ref(3)), Engine::vector);
  EXPECT_TRUE(board.is_complete(ref(kMany - 1)));
  board.complete(ref(3));
  EXPECT_TRUE(board.is_complete(ref(3)));
}

TEST(Scoreboard, CompletingTwiceIsABugOfOurs) {
  const SystemcKernel kernel;
  Scoreboard board("scoreboard", 1);
  board.dispatched(ref(0), Engine::load);
  board.complete(ref(0));
  EXPECT_THROW(board.complete(ref(0)), InternalError);
}

}  // namespace
}  // namespace systolith
