// Which laws hold for every memory hierarchy: whatever levels requests pass through, the values are
// those without them, no byte is lost or made up between a level and what lies behind it, and no
// bandwidth is exceeded.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "hw/arch/level_paths.h"
#include "hw/arch/read_machine.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/property/whole_way/laws.h"
#include "tests/property/whole_way/random_case.h"

namespace systolith {
namespace {

using testing::Draw;

constexpr std::int64_t kCores = 2;

std::string random_cores(Draw& draw) {
  return draw.of<const char*>({"", ", cores: 0", ", cores: [1]", ", cores: [0, 1]"});
}

std::string random_level(Draw& draw, int number) {
  const std::int64_t ways = draw.of({1, 2, 4, 8});
  const std::int64_t line = draw.of({32, 64, 128});
  const std::int64_t capacity = ways * line * draw.of({1, 4, 16, 64});
  if (draw.one_in(4))
    return fmt::format("  - {{name: s{}, capacity: {}KiB, banks: {}, width: 16B, latency: {}{}}}\n",
                       number, draw.of({4, 64}), draw.of({1, 4}), draw.between(1, 20),
                       random_cores(draw));
  if (draw.one_in(3))
    return fmt::format(
        "  - {{name: f{}, kind: fifo, capacity: {}B, banks: 1, width: {}B, latency: "
        "{}{}}}\n",
        number, draw.of({128, 512, 4096}), draw.of({8, 32}), draw.between(1, 20),
        random_cores(draw));
  return fmt::format(
      "  - {{name: c{}, kind: cache, capacity: {}B, banks: 1, ports: {}, width: {}B, line: {}B,\n"
      "     ways: {}, mshrs: {}, latency: {}, clock: {}MHz, write: {}, replacement: {}{}}}\n",
      number, capacity, draw.of({1, 2}), draw.of({8, 32}), line, ways, draw.of({1, 3, 16}),
      draw.between(1, 20), draw.of({400, 1000, 1300}), draw.of<const char*>({"back", "through"}),
      draw.of<const char*>({"lru", "plru", "random"}), random_cores(draw));
}

std::string random_hierarchy(Draw& draw) {
  std::string yaml = fmt::format(
      "clock: 1GHz\ncore: {{count: {}, array: {{rows: 8, cols: 8}}, vector: {{lanes: 8}},\n"
      "  scratchpad: {{capacity: 16KiB, banks: 4, width: 16B}},\n"
      "  weight_scratchpad: {{capacity: {}, banks: 2, width: 16B}},\n"
      "  accumulator: {{capacity: 8KiB, banks: 2}}, dma: {{outstanding: {}, burst: {}B}}}}\n"
      "dram: {{standard: {}, channels: {}}}\ninterconnect: {{width: {}B, buffer: {}, {}}}\n",
      kCores, draw.of<const char*>({"0B", "0B", "2KiB", "8KiB"}), draw.of({1, 4, 16}),
      draw.of({32, 64}), draw.of<const char*>({"ddr4_2400", "lpddr4_3200", "hbm2_2000"}),
      draw.of({1, 2, 3}), draw.of({8, 32}), draw.of({32, 100}),
      draw.of<const char*>({"kind: crossbar", "kind: ring", "kind: mesh, arbitration: round_robin",
                            "kind: mesh, columns: 3", "kind: bus", "kind: bus, clock: 700MHz"}));
  const std::int64_t levels = draw.between(0, 4);
  if (levels > 0) yaml += "memory:\n";
  for (int level = 0; level < levels; ++level) yaml += random_level(draw, level);
  if (levels > 0 && draw.one_in(3))
    yaml += fmt::format(
        "  - {{name: h, kind: host, capacity: 1MiB, banks: 1, width: {}B, latency: {}, clock: "
        "{}MHz}}\n",
        draw.of({1, 4, 16}), draw.of({1, 500}), draw.of({300, 1000}));
  return yaml;
}

std::optional<Machine> random_machine(Draw& draw, std::string& yaml) {
  yaml = random_hierarchy(draw);
  try {
    return parse_machine(yaml, "m.yaml", {}, vocabulary());
  } catch (const UserError&) {  // a level that no core reaches
    return std::nullopt;
  }
}

// What the cores asked of DRAM is what its first levels saw, and so on down.
void expect_bytes_conserved(const Machine& machine, const RunResult& result) {
  const LevelPaths paths(machine);
  std::vector<std::int64_t> asked(machine.memory.size(), 0);
  std::int64_t asked_of_dram = 0;
  const auto ask = [&](std::optional<std::size_t> level, std::int64_t bytes) {
    (level ? asked[*level] : asked_of_dram) += bytes;
  };
  bool passed_only_by_all = true;  // what a core asked is known only where all ask the same level
  for (std::int64_t core = 1; core < kCores; ++core)
    passed_only_by_all &= paths.entry(core) == paths.entry(0);
  std::int64_t commands = 0;
  for (const LayerReport& layer : result.layers) commands += layer.dram_bytes;
  if (passed_only_by_all) ask(paths.entry(0), commands);
  for (std::size_t i = 0; i < machine.memory.size(); ++i) {
    const LevelTraffic& traffic = result.levels[i].traffic;
    EXPECT_EQ(traffic.hit_bytes + traffic.miss_bytes, traffic.bytes_read + traffic.bytes_written);
    if (is_addressed(machine.memory[i])) continue;
    ask(paths.next(i), traffic.bytes_in + traffic.bytes_out);
    if (machine.memory[i].kind == "cache") {
      EXPECT_EQ(traffic.bytes_in % machine.memory[i].line.count(), 0);
    } else {
      EXPECT_EQ(traffic.bytes_in + traffic.bytes_out, traffic.bytes_read + traffic.bytes_written);
    }
  }
  if (!passed_only_by_all) return;
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    if (!is_addressed(machine.memory[i])) {
      EXPECT_EQ(asked[i],
                result.levels[i].traffic.bytes_read + result.levels[i].traffic.bytes_written)
          << machine.memory[i].name;
    }
  EXPECT_EQ(asked_of_dram, result.dram.bytes_read + result.dram.bytes_written);
}

// Commands end when their data are there or posted; what a channel's queues still hold is little.
void expect_within_bandwidth(const Machine& machine, const RunResult& result) {
  const double queued = static_cast<double>(machine.dram.channels * machine.dram.write_queue *
                                            machine.dram.burst().count());
  EXPECT_LE(static_cast<double>(result.dram.bytes_read + result.dram.bytes_written),
            result.seconds * machine.dram.peak_bytes_per_second() + queued);
  const auto fabric =
      static_cast<double>(machine.interconnect.clock.value_or(machine.clock).count());
  for (const LinkTraffic& link : result.links) {
    EXPECT_LE(static_cast<double>(link.busy.count()), result.seconds * fabric + 64) << link.name;
    EXPECT_LE(link.bytes, link.busy.count() * machine.interconnect.width.count()) << link.name;
  }
  for (std::size_t i = 0; i < machine.memory.size(); ++i) {
    const LevelConfig& level = machine.memory[i];
    const double clock = static_cast<double>(level.clock.value_or(machine.clock).count());
    const std::int64_t words = is_host(level) ? 2 : level.banks * level.ports;  // one each way
    const double peak = static_cast<double>(words * level.width.count()) * clock;
    const LevelTraffic& traffic = result.levels[i].traffic;
    EXPECT_LE(static_cast<double>(traffic.bytes_read + traffic.bytes_written),
              result.seconds * peak + 4096)
        << level.name;
  }
}

TEST(Hierarchy, KeepsValuesAndBytesAndBandwidths) {
  int machines = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Draw draw(seed);
    std::string yaml;
    const auto machine = random_machine(draw, yaml);
    if (!machine) continue;
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, yaml));
    Machine plain = *machine;
    plain.memory.clear();
    const Graph graph = testing::random_network(draw);
    CompileOptions options;
    options.with_values = true;
    const auto run = [&](const Machine& on) {
      const Compiled compiled = compile(graph, on, options);
      TensorBytes inputs;
      for (const ProgramTensor& tensor : compiled.program.header.tensors)
        if (tensor.role == TensorRole::input)
          for (std::int64_t i = 0; i < tensor.bytes; ++i)
            inputs[tensor.name].push_back(static_cast<std::uint8_t>(i * 37 + 11));
      ProgramSource source(compiled.program);
      RunOptions with_values;
      with_values.values = true;
      return simulate(on, source, with_values, inputs);
    };
    const RunResult result = run(*machine);
    EXPECT_EQ(result.outputs, run(plain).outputs);
    testing::expect_causes_sum(result);
    testing::expect_bandwidth_sums(result);
    testing::expect_same_timing(result, run(*machine));
    expect_bytes_conserved(*machine, result);
    expect_within_bandwidth(*machine, result);
    ++machines;
  }
  EXPECT_GT(machines, 60);
}

}  // namespace
}  // namespace systolith
