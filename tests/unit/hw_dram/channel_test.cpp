// A channel as a TLM-2.0 target, request by request. HBM2 at 1 GHz: RCD 14 (and ACT's second
// clock), CL 14, burst 2 (hw/dram/hbm2_2000.cpp); one clock is a nanosecond.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <array>
#include <map>

#include "hw/control/systemc_kernel.h"
#include "hw/dram/dram_channel.h"
#include "hw/memory/burst_payload.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

constexpr std::int64_t kNanosecond = 1'000'000;  // femtoseconds

struct Initiator final : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
  }

  // Waits until the request phase of the one before is over.
  tlm::tlm_sync_enum send(bool write, std::uint64_t address, unsigned bytes,
                          std::int64_t delay_ns = 0) {
    while (in_request_phase != nullptr && sc_core::sc_pending_activity())
      sc_core::sc_start(to_sc_time(Femtoseconds(kNanosecond)));
    BurstPayload& payload = pool.take();
    payload.slot = sent++;
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_length(bytes);
    payload.set_data_ptr(data.data());
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = to_sc_time(Femtoseconds(delay_ns * kNanosecond));
    const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
    if (answer == tlm::TLM_ACCEPTED) in_request_phase = &payload;
    if (answer == tlm::TLM_UPDATED) {
      EXPECT_EQ(phase, tlm::END_REQ);
    }
    if (answer == tlm::TLM_COMPLETED) done(payload, delay);
    return answer;
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (in_request_phase == &request) in_request_phase = nullptr;
    if (phase == tlm::BEGIN_RESP) done(static_cast<BurstPayload&>(request), delay);
    return tlm::TLM_COMPLETED;
  }

  void done(BurstPayload& payload, const sc_core::sc_time& delay) {
    const std::int64_t at = (kernel_time() + to_femtoseconds(delay)).count() / kNanosecond;
    EXPECT_TRUE(answers.emplace(payload.slot, at).second) << "answered twice";
    order.push_back(payload.slot);
    status = payload.get_response_status();
    delays.push_back(payload.delays.by_cause);
    payload.release();
  }

  BurstPool pool;
  std::array<unsigned char, 4096> data{};
  const tlm::tlm_generic_payload* in_request_phase = nullptr;
  std::size_t sent = 0;
  std::map<std::size_t, std::int64_t> answers;  // by request, in nanoseconds
  std::vector<std::size_t> order;
  std::vector<std::array<Femtoseconds, kCauses>> delays;  // by order
  tlm::tlm_response_status status{};
};

struct Bench {
  explicit Bench(DramConfig config = hbm2()) : channel("channel", config, true, calendar) {
    initiator.socket.bind(channel.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  static DramConfig hbm2() { return dram_config("hbm2_2000", 1, "row:bank:bankgroup:column"); }
  void finish() {
    sc_core::sc_start();
    EXPECT_FALSE(sc_core::sc_pending_activity());
    EXPECT_EQ(initiator.answers.size(), initiator.sent);
  }

  Calendar calendar{"calendar"};
  DramChannel channel;
  Initiator initiator{"initiator"};
};

constexpr std::uint64_t kRow = 1024, kRowOfSameBank = kRow * 16;

TEST(DramChannel, ARequestOfOneBurstTakesWhatTheControllerSays) {
  const SystemcKernel kernel;
  Bench bench;
  EXPECT_EQ(bench.initiator.send(false, 0, 32, 10), tlm::TLM_UPDATED);
  bench.finish();
  EXPECT_EQ(bench.initiator.answers.at(0), 10 + 15 + 14 + 2);
}

TEST(DramChannel, ALargerRequestIsAnsweredWithItsLastBurst) {
  const SystemcKernel kernel;
  Bench bench;
  bench.initiator.send(false, 0, 64);
  bench.initiator.send(false, 16 + 256, 32, 1000);  // astride two bursts
  bench.finish();
  EXPECT_EQ(bench.initiator.answers.at(0), 15 + 14 + 2 + 4);  // CCD_L later
  EXPECT_EQ(bench.initiator.answers.at(1), 1000 + 14 + 2 + 4);
  EXPECT_EQ(bench.channel.traffic().row_hits, 3);
  EXPECT_EQ(bench.channel.traffic().row_misses, 1);
  EXPECT_EQ(bench.channel.traffic().bytes_read, 96);
  EXPECT_EQ(bench.channel.traffic().requests, 2);
}

TEST(DramChannel, AWriteIsDoneWhenItIsThere) {
  const SystemcKernel kernel;
  Bench bench;
  EXPECT_EQ(bench.initiator.send(true, 0, 64, 7), tlm::TLM_COMPLETED);
  bench.finish();
  EXPECT_EQ(bench.initiator.answers.at(0), 7);
  EXPECT_EQ(bench.channel.traffic().row_hits + bench.channel.traffic().row_misses, 2);
}

TEST(DramChannel, AnswersComeAsTheSchedulerHasThem) {
  const SystemcKernel kernel;
  Bench bench;
  bench.initiator.send(false, 0, 32);
  bench.initiator.send(false, kRowOfSameBank, 32, 1);
  bench.initiator.send(false, 32, 32, 2);  // in the row that the first one opens
  bench.finish();
  EXPECT_EQ(bench.initiator.order, (std::vector<std::size_t>{0, 2, 1}));
}

TEST(DramChannel, ArrivalsAreTakenByTimeNotByCall) {
  const SystemcKernel kernel;
  Bench bench;
  bench.initiator.send(false, kRowOfSameBank, 32, 50);
  bench.initiator.send(false, 0, 32, 10);
  bench.finish();
  EXPECT_EQ(bench.initiator.answers.at(1), 10 + 15 + 14 + 2);
}

TEST(DramChannel, AFullReadQueueEndsTheRequestPhaseLater) {
  const SystemcKernel kernel;
  DramConfig config = Bench::hbm2();
  config.read_queue = 4;
  Bench bench(config);
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_EQ(bench.initiator.send(false, i * kRowOfSameBank, 32), tlm::TLM_UPDATED);
  EXPECT_EQ(bench.initiator.send(false, 4 * kRowOfSameBank, 32), tlm::TLM_ACCEPTED);
  EXPECT_EQ(bench.initiator.send(false, 5 * kRowOfSameBank, 32), tlm::TLM_ACCEPTED);
  EXPECT_EQ(kernel_time(), Femtoseconds((15 + 1) * kNanosecond));  // the first one's read
  bench.finish();
}

TEST(DramChannel, AFullWriteQueueHoldsTheNextWrite) {
  const SystemcKernel kernel;
  DramConfig config = Bench::hbm2();
  config.write_queue = 4;
  config.write_high = 3;
  config.write_low = 1;
  Bench bench(config);
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_EQ(bench.initiator.send(true, i * kRowOfSameBank, 32), tlm::TLM_COMPLETED);
  EXPECT_EQ(bench.initiator.send(true, 4 * kRowOfSameBank, 32), tlm::TLM_ACCEPTED);
  bench.finish();
  EXPECT_EQ(bench.initiator.answers.at(4), 12 + 1);  // RCDWR, and ACT's second clock
}

TEST(DramChannel, ARequestLargerThanTheQueueGetsIn) {
  const SystemcKernel kernel;
  DramConfig config = Bench::hbm2();
  config.read_queue = 2;
  Bench bench(config);
  bench.initiator.send(false, 0, 1024);
  bench.finish();
  EXPECT_EQ(bench.channel.traffic().row_hits, 31);
}

TEST(DramChannel, AReadFindsWhatAWriteBeforeItPosted) {
  const SystemcKernel kernel;
  Bench bench;
  std::fill_n(bench.initiator.data.begin(), 64, 0x5A);
  bench.initiator.send(true, 96, 64);
  bench.initiator.data.fill(0);
  bench.initiator.send(false, 96, 64, 1);
  bench.finish();
  EXPECT_EQ(std::count(bench.initiator.data.begin(), bench.initiator.data.end(), 0x5A), 64);
}

std::int64_t clocks(const Initiator& initiator, std::size_t answer, Cause cause) {
  return initiator.delays.at(answer)[static_cast<std::size_t>(cause)].count() / kNanosecond;
}

TEST(DramChannel, AReadKnowsWhatItsRowTook) {
  const SystemcKernel kernel;
  Bench bench;
  bench.initiator.send(false, 0, 32);
  bench.initiator.send(false, kRowOfSameBank, 32);
  bench.finish();
  EXPECT_EQ(clocks(bench.initiator, 0, Cause::row_miss), 14 + 1);
  EXPECT_EQ(clocks(bench.initiator, 1, Cause::row_miss),
            14 + 14);  // RP to ACT's second clock, RCD from there
}

TEST(DramChannel, AReadKnowsHowLongARefreshHeldItBack) {
  const SystemcKernel kernel;
  Bench bench;
  bench.initiator.send(false, 0, 32, 3860);  // REFI is 3900
  bench.initiator.send(false, 32, 32, 3901);
  bench.finish();
  EXPECT_EQ(clocks(bench.initiator, 0, Cause::refresh), 0);
  EXPECT_GE(clocks(bench.initiator, 1, Cause::refresh), 260);  // RFC
}

TEST(DramChannel, AnAddressBeyondTheCapacityIsAnError) {
  const SystemcKernel kernel;
  Bench bench;
  EXPECT_EQ(bench.initiator.send(false, (std::uint64_t{512} << 20) - 32, 64), tlm::TLM_COMPLETED);
  EXPECT_EQ(bench.initiator.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.channel.traffic().requests, 0);
}

}  // namespace
}  // namespace systolith
