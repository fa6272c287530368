// A DMA engine by itself, before memories of every TLM-2.0 style, straight and through a crossbar.
#include "hw/dma/dma.h"

#include <gtest/gtest.h>

#include "hw/base/error.h"
#include "hw/control/cause_board.h"
#include "hw/control/systemc_kernel.h"
#include "hw/noc/interconnect.h"
#include "tests/unit/hw_dma/at_target.h"

namespace systolith {
namespace {

struct Log final : RunMonitor {
  void retired(const Command& command, Cycles start, Cycles finish, const CommandWork&) override {
    order.push_back(command.index);
    first = order.size() == 1 ? start : first;
    last = finish;
  }
  void failed(std::exception_ptr f) override {
    failure = f;
    sc_core::sc_pause();
  }
  std::vector<std::uint64_t> order;
  Cycles first, last;
  std::exception_ptr failure;
};

// A core's DMA pair with its scratchpad, 1 GHz throughout, 64 B a cycle.
struct Bench {
  explicit Bench(std::int64_t outstanding = 16) {
    CoreConfig config;
    config.scratchpad.capacity = kibibytes(8);
    scratchpad = std::make_unique<CoreScratchpad>(
        "scratchpad", config,
        TenantTable<CoreScratchpad::Regions>(
            std::vector<CoreScratchpad::Regions>{{{0, config.scratchpad.capacity}, {}}}),
        true);
    DmaSpec spec;
    spec.dma.outstanding = outstanding;
    spec.queue_depth = 8;
    spec.link_width = Bytes(64);
    spec.link_clock = Hertz(1'000'000'000);
    spec.waits = {Cause::dram};
    spec.capacities = TenantTable<std::vector<Bytes>>({{mebibytes(1)}});
    load = std::make_unique<Dma>("load_dma", Engine::load, context, spec);
    store = std::make_unique<Dma>("store_dma", Engine::store, context, spec);
    for (Dma* dma : {load.get(), store.get()}) {
      dma->scoreboard(board);
      dma->scratchpad(*scratchpad);
    }
  }

  void add(Operation operation, std::vector<CommandRef> after = {}) {
    Command command;
    command.index = next++;
    command.after.assign(after.begin(), after.end());
    command.operation = operation;
    const Engine engine = command.engine();
    board.dispatched({command.core, command.index}, engine);
    (engine == Engine::load ? load : store)->push(std::move(command));
  }
  void run() {
    sc_core::sc_start();
    if (log.failure) std::rethrow_exception(log.failure);
  }

  Log log;
  CauseBoard causes;
  Calendar calendar{"calendar"};
  CoreContext context{CoreId{}, EdgeClock(Hertz(1'000'000'000)), true, false, log, causes,
                      calendar};
  Scoreboard board{"scoreboard_", 1};
  std::unique_ptr<CoreScratchpad> scratchpad;
  std::unique_ptr<Dma> load, store;
  std::uint64_t next = 0;
};

template <class T>
T transfer(std::uint64_t system, std::uint64_t local, std::int64_t run) {
  T t;
  t.system_address = system;
  t.local_address = local;
  t.run = run;
  return t;
}

std::unique_ptr<Interconnect> crossbar_to(AtTarget& target) {
  InterconnectSpec spec;
  spec.config.width = Bytes(64);
  spec.clock = Hertz(1'000'000'000);
  spec.initiators = 2;
  spec.targets = 1;
  spec.route = [](std::size_t, TenantId, std::uint64_t address, std::int64_t) {
    return Route{0, address};
  };
  auto crossbar = registration<Interconnect>("crossbar").create("crossbar", spec);
  crossbar->target_port(0).bind(target.socket);
  return crossbar;
}

class DmaStyles : public testing::TestWithParam<AtStyle> {};
INSTANTIATE_TEST_SUITE_P(Targets, DmaStyles,
                         testing::Values(AtStyle::four_phases, AtStyle::skips_end_req,
                                         AtStyle::end_req_in_return, AtStyle::responds_at_once));

TEST_P(DmaStyles, ADirectTargetIsReadAndWrittenByTheRules) {
  const SystemcKernel kernel;
  Bench bench;
  AtTarget target("target", GetParam(), 1 << 16), other("other", GetParam(), 1 << 16);
  bench.load->socket.bind(target.socket);
  bench.store->socket.bind(other.socket);
  for (std::size_t i = 0; i < 4096; ++i) target.memory[i] = static_cast<unsigned char>(i * 13);
  bench.add(transfer<Load>(10, 100, 4000));
  bench.run();
  EXPECT_EQ(bench.log.order.size(), 1U);
  EXPECT_EQ(target.violations, 0);
  EXPECT_EQ(target.requests, 63);
  EXPECT_EQ(std::memcmp(bench.scratchpad->data({}) + 100, target.memory.data() + 10, 4000), 0);
}

TEST_P(DmaStyles, BothDirectionsShareATargetThroughTheCrossbar) {
  const SystemcKernel kernel;
  Bench bench;
  AtTarget target("target", GetParam(), 1 << 16);
  const auto crossbar = crossbar_to(target);
  bench.load->socket.bind(crossbar->initiator_port(0));
  bench.store->socket.bind(crossbar->initiator_port(1));
  for (std::size_t i = 0; i < 4096; ++i) {
    target.memory[i] = static_cast<unsigned char>(i * 13);
    bench.scratchpad->data({})[4096 + i] = static_cast<unsigned char>(i * 7);
  }
  bench.add(transfer<Load>(0, 0, 4096));
  bench.add(transfer<Store>(8192, 4096, 4096));
  bench.add(transfer<Load>(4096, 0, 64));
  bench.run();
  EXPECT_EQ(bench.log.order.size(), 3U);
  EXPECT_EQ(target.violations, 0);
  EXPECT_EQ(std::memcmp(bench.scratchpad->data({}) + 64, target.memory.data() + 64, 4032), 0);
  EXPECT_EQ(std::memcmp(bench.scratchpad->data({}) + 4096, target.memory.data() + 8192, 4096), 0);
}

// Against a target whose byte at address i is 13 i.
template <class Check>
void expect_loaded(const Load& load, Check check) {
  const SystemcKernel kernel;
  Bench bench;
  AtTarget target("target", AtStyle::four_phases, 1 << 16), other("other", AtStyle::four_phases, 1);
  bench.load->socket.bind(target.socket);
  bench.store->socket.bind(other.socket);
  for (std::size_t i = 0; i < target.memory.size(); ++i)
    target.memory[i] = static_cast<unsigned char>(i * 13);
  bench.add(load);
  bench.run();
  ASSERT_EQ(bench.log.order.size(), 1U);
  check(bench.scratchpad->data({}), target.memory);
}

TEST(Dma, AMatrixIsTransposedOnItsWay) {
  constexpr std::size_t kRows = 20, kCols = 30, kElement = 2;
  Load load = transfer<Load>(64, 8, kCols * kElement);
  load.loops[2] = {kRows, kCols * kElement, kElement};
  load.element = kElement;
  load.element_stride = kRows * kElement;
  expect_loaded(load, [](const std::uint8_t* local, const auto& memory) {
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t c = 0; c < kCols; ++c)
        for (std::size_t b = 0; b < kElement; ++b)
          ASSERT_EQ(local[8 + (c * kRows + r) * kElement + b],
                    memory[64 + (r * kCols + c) * kElement + b]);
  });
}

TEST(Dma, HalfBytesAreWidened) {
  Load load = transfer<Load>(3, 16, 200);
  load.half_bytes = HalfBytes::int4;
  expect_loaded(load, [](const std::uint8_t* local, const auto& memory) {
    for (std::size_t i = 0; i < 400; ++i) {
      const int half = memory[3 + i / 2] >> (i % 2 * 4) & 0xF;
      ASSERT_EQ(static_cast<std::int8_t>(local[16 + i]), half < 8 ? half : half - 16) << i;
    }
  });
}

TEST(Dma, AnImageIsPaddedAround) {
  constexpr std::int64_t kRow = 40, kRows = 5, kPitch = 50, kImages = 2, kImage = 500;
  Load load = transfer<Load>(0, 64, kRow);
  load.loops[2] = {kRows, kRow, kPitch};
  load.loops[1] = {kImages, kRow * kRows, kImage};
  load.pad = {1, 3, 2, 4, 77};
  expect_loaded(load, [](const std::uint8_t* local, const auto& memory) {
    for (std::int64_t image = 0; image < kImages; ++image)
      for (std::int64_t row = -1; row < kRows + 2; ++row)
        for (std::int64_t i = -3; i < kRow + 4; ++i) {
          const bool inside = row >= 0 && row < kRows && i >= 0 && i < kRow;
          ASSERT_EQ(
              local[64 + image * kImage + row * kPitch + i],
              inside ? memory[static_cast<std::size_t>((image * kRows + row) * kRow + i)] : 77)
              << image << ' ' << row << ' ' << i;
        }
  });
}

// What a store takes apart a load puts together again.
TEST(Dma, AStoreIsTheInverseOfALoad) {
  for (const auto half : {HalfBytes::kept, HalfBytes::uint4}) {
    const SystemcKernel kernel;
    Bench bench;
    AtTarget target("target", AtStyle::four_phases, 1 << 16);
    const auto crossbar = crossbar_to(target);
    bench.load->socket.bind(crossbar->initiator_port(0));
    bench.store->socket.bind(crossbar->initiator_port(1));
    for (std::size_t i = 0; i < 1024; ++i) target.memory[i] = static_cast<unsigned char>(i * 13);
    Load load = transfer<Load>(0, 5, 128);
    load.loops[2] = {4, 128, half == HalfBytes::kept ? 1 : 3};
    load.element = 1;
    load.element_stride = 7;
    load.half_bytes = half;
    bench.add(load);
    Store store;
    static_cast<Transfer&>(store) = load;
    store.system_address = 4096;
    bench.add(store, {{CoreId{}, 0}});
    bench.run();
    EXPECT_EQ(std::memcmp(target.memory.data(), target.memory.data() + 4096, 512), 0);
  }
}

TEST(Dma, OneBurstAtATimeTakesItsLatencyEach) {
  const SystemcKernel kernel;
  Bench bench(1);
  AtTarget target("target", AtStyle::responds_at_once, 1 << 16), other("other", {}, 64);
  bench.load->socket.bind(target.socket);
  bench.store->socket.bind(other.socket);
  bench.add(transfer<Load>(0, 0, 640));
  bench.run();
  EXPECT_EQ(bench.log.last - bench.log.first, Cycles(10 * 50));
  const Activity& activity = bench.load->activity();
  EXPECT_EQ(activity.spent(Cause::busy), Cycles(2 * 10));  // a cycle to issue, one to receive
  EXPECT_EQ(activity.spent(Cause::dram), Cycles(48 * 10));
}

TEST(Dma, ManyBurstsInFlightOverlap) {
  const SystemcKernel kernel;
  Bench bench(64);
  AtTarget target("target", AtStyle::responds_at_once, 1 << 16), other("other", {}, 64);
  bench.load->socket.bind(target.socket);
  bench.store->socket.bind(other.socket);
  bench.add(transfer<Load>(0, 0, 640));
  bench.run();
  EXPECT_EQ(bench.log.last - bench.log.first, Cycles(9 + 50));
}

TEST(Dma, ATransferBeyondTheScratchpadIsRefusedWithItsPlace) {
  const SystemcKernel kernel;
  Bench bench;
  AtTarget target("target", {}, 1 << 16), other("other", {}, 64);
  bench.load->socket.bind(target.socket);
  bench.store->socket.bind(other.socket);
  bench.add(transfer<Load>(0, 8100, 200));
  try {
    bench.run();
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "program does not fit the machine: core0 command 0 (load) reaches bytes 8100 to "
                 "8299 of the scratchpad, which has 8192");
  }
}

}  // namespace
}  // namespace systolith
