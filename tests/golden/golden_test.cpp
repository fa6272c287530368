// The golden traces: each program of traces/golden runs on the machine it names, and its timing and
// values are compared with the blessed summary beside it.
#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <set>

#include "hw/arch/read_machine.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/golden/golden_file.h"
#include "tests/golden/golden_list.h"
#include "traces/format/files.h"

namespace systolith {
namespace {

const std::string kFolder = SYSTOLITH_SOURCE_DIR "/traces/golden/";

std::string activity_text(const Activity& activity) {
  std::string text;
  for (std::size_t cause = 0; cause < kCauses; ++cause)
    if (const auto spent = activity.spent(static_cast<Cause>(cause)); spent != Cycles(0))
      text += fmt::format(" {} {}", to_string(static_cast<Cause>(cause)), spent.count());
  return text;
}

std::string hex(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    text += fmt::format("{}{:02x}", i % 4 == 0 ? " " : "", bytes[i]);
  return text;
}

std::string timing_text(const ProgramHeader& header, const RunResult& result) {
  std::string out = fmt::format("total_cycles {}\ncommands {}\nmacs {}\n",
                                result.total_cycles.count(), result.commands, result.macs);
  const auto append = std::back_inserter(out);
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerReport& layer = result.layers[i];
    fmt::format_to(append, "layer {} \"{}\": [{}, {}) exclusive {} bound_by {}\n", i,
                   header.layers[i].name, layer.start.count(), layer.end.count(),
                   layer.cycles.count(), to_string(layer.bound_by));
    fmt::format_to(append,
                   "  macs {} array_busy {} vector_busy {} load_bytes {} store_bytes {} "
                   "dram_bytes {}\n",
                   layer.macs, layer.array_busy, layer.vector_busy, layer.load_bytes,
                   layer.store_bytes, layer.dram_bytes);
  }
  for (const auto& engine : result.engines)
    fmt::format_to(append, "engine {}:{}\n", engine.name, activity_text(engine.activity));
  fmt::format_to(append, "dram: read {} written {} requests {}\n", result.dram.bytes_read,
                 result.dram.bytes_written, result.dram.requests);
  for (const auto& [event, count] : result.events)
    if (count != 0) fmt::format_to(append, "event {} {}\n", event, count);
  return out;
}

// Every command's life, in order of finish.
class CommandLog final : public RunObserver {
 public:
  void command_ran(const Command& command, Cycles start, Cycles finish) override {
    text +=
        fmt::format("core {} command {} {}: [{}, {})\n", static_cast<std::uint16_t>(command.core),
                    command.index, to_string(command.opcode()), start.count(), finish.count());
  }
  std::string text;
};

std::string summary_of(const Machine& machine, const Program& program, bool values) {
  CommandLog log;
  RunOptions options;
  options.values = values;
  options.observer = &log;
  ProgramSource source(program);
  const RunResult result = simulate(machine, source, options);
  std::string text = timing_text(program.header, result) + log.text;
  for (const auto& [name, bytes] : result.outputs)
    text += fmt::format("output \"{}\":{}\n", name, hex(bytes));
  return text;
}

class GoldenTrace : public ::testing::TestWithParam<const char*> {
 protected:
  GoldenTrace() : program(read_program(kFolder + GetParam() + ".trace")) {
    const std::string file = kFolder + "machines/" + program.header.machine + ".yaml";
    machine = read_machine(file, {}, vocabulary());
  }
  Program program;
  Machine machine;
};

TEST_P(GoldenTrace, RunsAsBlessed) {
  testing::expect_golden(kFolder + GetParam() + ".golden", summary_of(machine, program, true),
                         "make bless");
}

// The comment's derivation ends in "# total_cycles N".
TEST_P(GoldenTrace, TakesAsLongAsItsCommentDerives) {
  const std::string text = testing::read_file(kFolder + GetParam() + ".trace");
  const std::string total = testing::lines_of(summary_of(machine, program, false)).at(0);
  EXPECT_NE(text.find("\n# " + total + "\n"), std::string::npos) << total;
}

TEST_P(GoldenTrace, TakesTheSameTimeWithoutValues) {
  std::string with_values = summary_of(machine, program, true);
  with_values.resize(std::min(with_values.find("output \""), with_values.size()));
  EXPECT_EQ(summary_of(machine, program, false), with_values);
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenTrace, ::testing::ValuesIn(kGoldenTraces),
                         [](const auto& trace) { return std::string(trace.param); });

TEST(GoldenTraces, EveryTraceOfTheFolderIsListed) {
  std::set<std::string> listed, found;
  for (const char* name : kGoldenTraces) listed.insert(name);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".trace") found.insert(entry.path().stem().string());
  EXPECT_EQ(listed, found);
}

TEST(GoldenTraces, SummariesStayReadable) {
  for (const char* name : kGoldenTraces)
    EXPECT_LE(testing::lines_of(testing::read_file(kFolder + name + ".golden")).size(), 200u);
}

}  // namespace
}  // namespace systolith
