// DDR4-2400 against three public simulators on the same timings: DRAMsim3 (2021), Ramulator 2.1 and
// DRAMSys 5.1. One channel, one rank, read and write queues of 32, drain between 25 and 6, open
// page, FR-FCFS, all-bank refresh; 100,000 requests, at most 32 reads in flight (`saturated`), or
// 10,000, one at a time (`lone`).
//
// Reads only: total clocks within 1 % of the median of the three. Writes too: within 5 % of
// Ramulator and DRAMSys, which share the write policy; the 99th percentile of read latency within
// 10 % of both.
#include <gtest/gtest.h>

#include "hw/dram/dram_replay.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

constexpr const char* kContiguous = "row:bank:bankgroup:column";
constexpr const char* kInterleaved = "row:bank:column:bankgroup";
constexpr std::uint64_t kCapacity = std::uint64_t{8} << 30;

// xorshift64*, as the request traces were made with.
struct XorShift {
  std::uint64_t state;
  std::uint64_t operator()() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1DU;
  }
};

using Requests = std::vector<TraceRequest>;

Requests sequential(bool write, std::uint64_t count = 100'000) {
  Requests requests;
  for (std::uint64_t i = 0; i < count; ++i) requests.push_back({i * 64, write, {}});
  return requests;
}

Requests mixed_sequential() {
  XorShift random{0x9E3779B97F4A7C15};
  Requests requests = sequential(false);
  for (TraceRequest& request : requests) request.write = (random() >> 40 & 1) == 0;
  return requests;
}

Requests random_blocks(std::uint64_t seed, bool mixed, std::size_t count = 100'000) {
  XorShift random{seed};
  Requests requests;
  while (requests.size() < count) {
    const std::uint64_t value = random();
    requests.push_back({(value >> 8) % (kCapacity / 64) * 64, mixed && (value & 1) == 0, {}});
  }
  return requests;
}

Requests strided() {
  Requests requests;
  std::uint64_t address = 0, offset = 0;
  while (requests.size() < 100'000) {
    requests.push_back({address + offset, false, {}});
    address += 4096;
    if (address < kCapacity) continue;
    address = 0;
    offset = (offset + 64) % 4096;
  }
  return requests;
}

// Two sequential streams in different rows of the same banks.
Requests two_rows() {
  constexpr std::uint64_t kDistance = 8192 * 16 * 512;
  Requests requests;
  for (std::uint64_t i = 0; requests.size() < 100'000; ++i)
    for (const std::uint64_t stream : {std::uint64_t{0}, kDistance})
      requests.push_back({stream + i * 64, false, {}});
  return requests;
}

ReplayReport run(const char* mapping, const Requests& requests, std::int64_t outstanding = 32) {
  std::size_t next = 0;
  return DramReplay(dram_config("ddr4_2400", 1, mapping), outstanding)
      .run([&](TraceRequest& request) {
        if (next == requests.size()) return false;
        request = requests[next++];
        return true;
      });
}

void expect_near(double value, double reference, double tolerance, const char* what) {
  EXPECT_NEAR(value / reference, 1.0, tolerance) << what << ": " << value << ", not " << reference;
}

TEST(DramReference, SaturatedReadsTakeAsLongAsInTheMedianSimulator) {
  const struct {
    const char* name;
    const char* mapping;
    Requests requests;
    double median;
  } cases[] = {
      {"sequential", kContiguous, sequential(false), 546951},
      {"sequential, interleaved", kInterleaved, sequential(false), 420231},
      {"random", kContiguous, random_blocks(0xD1B54A32D192ED03, false), 690375},
      {"random, interleaved", kInterleaved, random_blocks(0xD1B54A32D192ED03, false), 690710},
      {"strided", kContiguous, strided(), 422167},
      {"strided, interleaved", kInterleaved, strided(), 631274},
      {"two rows", kContiguous, two_rows(), 653944},
      {"two rows, interleaved", kInterleaved, two_rows(), 424271},
  };
  for (const auto& c : cases)
    expect_near(static_cast<double>(run(c.mapping, c.requests).cycles.count()), c.median, 0.01,
                c.name);
}

TEST(DramReference, ALoneReadHasTheLatencyOfDramsysToTheClock) {
  const ReplayReport rows = run(kContiguous, random_blocks(0xD1B54A32D192ED03, false, 10'000), 1);
  EXPECT_EQ(rows.read_latency.percentile(0.5), Cycles(55));
  EXPECT_NEAR(rows.read_latency.mean(), 56.03, 0.01);
  expect_near(static_cast<double>(rows.cycles.count()), 570276, 0.0001, "random");
  const ReplayReport hits = run(kContiguous, sequential(false, 10'000), 1);
  EXPECT_EQ(hits.read_latency.percentile(0.5), Cycles(21));
  EXPECT_NEAR(hits.read_latency.mean(), 22.20, 0.01);
  expect_near(static_cast<double>(hits.cycles.count()), 231986, 0.0001, "sequential");
}

TEST(DramReference, SaturatedWritesTakeAsLongAsInBothWithTheirPolicy) {
  const struct {
    const char* name;
    const char* mapping;
    Requests requests;
    double ramulator, dramsys;
  } cases[] = {
      {"writes", kContiguous, sequential(true), 536826, 538373},
      {"writes, interleaved", kInterleaved, sequential(true), 421182, 421183},
      {"mixed", kContiguous, mixed_sequential(), 555976, 559210},
      {"mixed, interleaved", kInterleaved, mixed_sequential(), 464820, 466308},
      {"random mixed", kContiguous, random_blocks(0xA0761D6478BD642F, true), 718157, 733419},
  };
  for (const auto& c : cases) {
    const auto cycles = static_cast<double>(run(c.mapping, c.requests).cycles.count());
    expect_near(cycles, c.ramulator, 0.05, c.name);
    expect_near(cycles, c.dramsys, 0.05, c.name);
  }
}

TEST(DramReference, TheTailOfReadLatencyIsTheirs) {
  const struct {
    const char* name;
    const char* mapping;
    Requests requests;
    double ramulator, dramsys;
  } cases[] = {
      {"sequential", kContiguous, sequential(false), 649, 648},
      {"random", kContiguous, random_blocks(0xD1B54A32D192ED03, false), 685, 699},
      {"mixed", kContiguous, mixed_sequential(), 989, 975},
      {"random mixed", kContiguous, random_blocks(0xA0761D6478BD642F, true), 1121, 1123},
  };
  for (const auto& c : cases) {
    const LatencyCount latency = run(c.mapping, c.requests).read_latency;
    const auto p99 = static_cast<double>(latency.percentile(0.99).count());
    expect_near(p99, c.ramulator, 0.10, c.name);
    expect_near(p99, c.dramsys, 0.10, c.name);
  }
}

}  // namespace
}  // namespace systolith
