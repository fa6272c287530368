// Caches and FIFOs request by request: 1 GHz, so that a cycle is a nanosecond; lines and words of
// 64 bytes, latency 5; what lies behind answers 50 later.
#include "hw/memory/passing_level.h"

#include <gtest/gtest.h>

#include <map>

#include "hw/control/systemc_kernel.h"

namespace systolith {
namespace {

constexpr std::int64_t kNanosecond = 1'000'000;  // femtoseconds
constexpr std::int64_t kBehind = 50;

struct Behind final : sc_core::sc_module {
  tlm_utils::simple_target_socket<Behind> socket{"socket"};
  explicit Behind(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_fw(this, &Behind::nb_transport_fw);
    socket.register_transport_dbg(this, &Behind::transport_dbg);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase&,
                                     sc_core::sc_time& delay) {
    EXPECT_TRUE(request.is_read() || changes_nothing(request));
    (request.is_read() ? reads : writes).push_back(request.get_address());
    delay += to_sc_time(Femtoseconds(kBehind * kNanosecond));
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& request) { return request.get_data_length(); }
  std::vector<std::uint64_t> reads, writes;
};

struct Front final : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Front> socket{"socket"};
  explicit Front(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &Front::nb_transport_bw);
  }
  // At `ns`, not before the present.
  void send(bool write, std::uint64_t address, std::int64_t ns, unsigned bytes = 64) {
    BurstPayload& payload = pool.take();
    payload.slot = sent++;
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_length(bytes);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = to_sc_time(Femtoseconds(ns * kNanosecond) - kernel_time());
    EXPECT_EQ(socket->nb_transport_fw(payload, phase, delay), tlm::TLM_UPDATED);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    auto& payload = static_cast<BurstPayload&>(request);
    const std::int64_t at = (kernel_time() + to_femtoseconds(delay)).count() / kNanosecond;
    EXPECT_TRUE(answers.emplace(payload.slot, at).second) << "answered twice";
    payload.release();
    return tlm::TLM_COMPLETED;
  }
  BurstPool pool;
  std::size_t sent = 0;
  std::map<std::size_t, std::int64_t> answers;  // by request, in nanoseconds
};

LevelConfig config(const char* kind) {
  LevelConfig level;
  level.name = "level";
  level.kind = kind;
  level.capacity = Bytes(512);
  level.banks = 2;
  level.ways = 2;  // 4 sets
  level.mshrs = 2;
  level.latency = Cycles(5);
  return level;
}

struct Bench {
  explicit Bench(const LevelConfig& level)
      : module(registration<MemoryLevel>(level.kind)
                   .create("level", {level, Hertz(1'000'000'000), false, calendar})) {
    front.socket.bind(module->target());
    module->behind()->bind(behind.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void finish() {
    sc_core::sc_start();
    EXPECT_EQ(front.answers.size(), front.sent);
  }
  Calendar calendar{"calendar"};
  std::unique_ptr<MemoryLevel> module;
  Front front{"front"};
  Behind behind{"behind"};
};

TEST(Cache, AMissLooksUpAsksAndFillsAHitOnlyLooksUp) {
  const SystemcKernel kernel;
  Bench bench(config("cache"));
  bench.front.send(false, 0, 0);
  bench.front.send(false, 0, 100);
  bench.finish();
  EXPECT_EQ(bench.front.answers[0], 5 + kBehind + 1);
  EXPECT_EQ(bench.front.answers[1], 100 + 1 + 5);
  EXPECT_EQ(bench.behind.reads, (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(bench.module->traffic().hits, 1);
  EXPECT_EQ(bench.module->traffic().misses, 1);
}

TEST(Cache, AMissOfALineOnItsWayJoinsIt) {
  const SystemcKernel kernel;
  Bench bench(config("cache"));
  bench.front.send(false, 0, 0, 32);
  bench.front.send(false, 32, 10, 32);
  bench.finish();
  EXPECT_EQ(bench.front.answers[1], 5 + kBehind + 1);
  EXPECT_EQ(bench.behind.reads.size(), 1U);
  EXPECT_EQ(bench.module->traffic().bytes_in, 64);
}

TEST(Cache, MoreMissesThanMshrsWait) {
  const SystemcKernel kernel;
  Bench bench(config("cache"));
  for (std::uint64_t i = 0; i < 3; ++i) bench.front.send(false, i * 64, 0);
  bench.finish();
  // Lines 0 and 2 share a bank, whose second access would begin at 1; but the third miss is let in
  // when the first comes back, at 55, and its bank is filled with that one's line until 56.
  EXPECT_EQ(bench.front.answers[2], 56 + 5 + kBehind + 1);
  EXPECT_EQ(bench.module->traffic().miss_wait, Cycles(55));
}

TEST(Cache, ADirtyLineIsWrittenWhenItMakesRoom) {
  const SystemcKernel kernel;
  Bench bench(config("cache"));
  bench.front.send(true, 0, 0);
  for (std::uint64_t i = 1; i < 3; ++i)  // the same set: four lines apart
    bench.front.send(false, i * 256, static_cast<std::int64_t>(i) * 100);
  bench.finish();
  EXPECT_EQ(bench.behind.reads, (std::vector<std::uint64_t>{0, 256, 512}));
  EXPECT_EQ(bench.behind.writes, (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(bench.module->traffic().bytes_out, 64);
}

TEST(Cache, WritesThatGoThroughFetchNothing) {
  const SystemcKernel kernel;
  LevelConfig through = config("cache");
  through.write = "through";
  Bench bench(through);
  bench.front.send(true, 0, 0, 32);
  bench.finish();
  EXPECT_EQ(bench.front.answers[0], 5 + kBehind);
  EXPECT_TRUE(bench.behind.reads.empty());
  EXPECT_EQ(bench.module->traffic().bytes_out, 32);
}

TEST(Cache, ARequestOfSeveralLinesIsDoneWithItsLast) {
  const SystemcKernel kernel;
  Bench bench(config("cache"));
  bench.front.send(false, 32, 0, 64);
  bench.finish();
  EXPECT_EQ(bench.behind.reads, (std::vector<std::uint64_t>{0, 64}));
  EXPECT_EQ(bench.module->traffic().misses, 2);
  EXPECT_EQ(bench.front.answers[0], 5 + kBehind + 1);
}

TEST(Fifo, DataLeaveInOrderAWordACycle) {
  const SystemcKernel kernel;
  Bench bench(config("fifo"));
  for (std::uint64_t i = 0; i < 3; ++i) bench.front.send(false, i * 64, 0);
  bench.finish();
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(bench.front.answers[static_cast<std::size_t>(i)], kBehind + 5 + 1 + i);
}

TEST(Fifo, AReadWaitsForRoom) {
  const SystemcKernel kernel;
  LevelConfig small = config("fifo");
  small.capacity = Bytes(128);
  Bench bench(small);
  for (std::uint64_t i = 0; i < 3; ++i) bench.front.send(false, i * 64, 0);
  bench.finish();
  const std::int64_t first = kBehind + 5 + 1;  // leaves, and the third may go on
  EXPECT_EQ(bench.front.answers[2], first + kBehind + 5 + 1);
  EXPECT_EQ(bench.module->traffic().miss_wait, Cycles(first));
}

TEST(Fifo, WritesPassBy) {
  const SystemcKernel kernel;
  Bench bench(config("fifo"));
  bench.front.send(true, 0, 0);
  bench.finish();
  EXPECT_EQ(bench.front.answers[0], kBehind);
  EXPECT_EQ(bench.module->traffic().bytes_out, 64);
}

}  // namespace
}  // namespace systolith
