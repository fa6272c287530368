// The host's memory behind a link of 16 B a clock of 1 GHz, so that a clock is a nanosecond; 100 on
// top of every request.
#include <gtest/gtest.h>

#include <array>

#include "hw/control/systemc_kernel.h"
#include "hw/memory/memory_level.h"

namespace systolith {
namespace {

constexpr std::int64_t kNanosecond = 1'000'000;  // femtoseconds

struct Bench {
  Bench() {
    LevelConfig config;
    config.kind = "host";
    config.capacity = kibibytes(64);
    config.width = Bytes(16);
    config.latency = Cycles(100);
    level = registration<MemoryLevel>("host").create(
        "host", {config, Hertz(1'000'000'000), true, calendar});
  }

  // Nanoseconds until the answer to a request that arrives now.
  std::int64_t request(tlm::tlm_command command, std::uint64_t address, unsigned bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.set_data_ptr(data.data());
    sc_core::sc_time delay;
    level->target().get_base_export()->b_transport(payload, delay);
    status = payload.get_response_status();
    return to_femtoseconds(delay).count() / kNanosecond;
  }

  const SystemcKernel kernel;
  Calendar calendar{"calendar"};
  std::unique_ptr<MemoryLevel> level;
  std::array<unsigned char, 256> data{};
  tlm::tlm_response_status status{};
};

TEST(Host, EachWayHasTheLinksWidthToItself) {
  Bench bench;
  EXPECT_EQ(bench.request(tlm::TLM_READ_COMMAND, 0, 256), 16 + 100);
  EXPECT_EQ(bench.request(tlm::TLM_READ_COMMAND, 256, 256), 32 + 100);
  EXPECT_EQ(bench.request(tlm::TLM_WRITE_COMMAND, 512, 256), 16 + 100);
  const LevelTraffic traffic = bench.level->traffic();
  EXPECT_EQ(traffic.bytes_read, 512);
  EXPECT_EQ(traffic.bytes_written, 256);
  EXPECT_EQ(traffic.bank_wait, Cycles(16));
}

TEST(Host, KeepsWhatIsWritten) {
  Bench bench;
  bench.data.fill(7);
  bench.request(tlm::TLM_WRITE_COMMAND, 1000, 64);
  bench.data.fill(0);
  bench.request(tlm::TLM_READ_COMMAND, 1063, 2);
  EXPECT_EQ(bench.data[0], 7);
  EXPECT_EQ(bench.data[1], 0);
}

TEST(Host, EndsWithItsCapacity) {
  Bench bench;
  bench.request(tlm::TLM_READ_COMMAND, 65536 - 64, 64);
  EXPECT_EQ(bench.status, tlm::TLM_OK_RESPONSE);
  bench.request(tlm::TLM_READ_COMMAND, 65536 - 32, 64);
  EXPECT_EQ(bench.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

}  // namespace
}  // namespace systolith
