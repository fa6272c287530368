// What the trace commands say, counted by hand on a program of five commands.
#include "traces/format/inspect.h"

#include <gtest/gtest.h>

#include <sstream>

#include "traces/format/text_reader.h"

namespace systolith {
namespace {

constexpr const char* kText = R"(systolith-program 1
workload "w"
cores 2
layer 0 "a"
layer 1 "b"
core 0
  0: load run=16 loops=4:16:16
  1: preload after 0 rows=4 cols=4
  2: matmul after 1 layer=1 rows=4 cols=4 feed.out_w=8 feed.channels=4
core 1
  0: sync after 0:2 layer=1
  1: store after 0 layer=1 run=10
end
)";

Program program(std::string text = kText) { return parse_text_program(text, "p"); }

TEST(ProgramStats, CountsWhatTheCommandsMoveAndCompute) {
  const Program p = program();
  ProgramSource source(p);
  const ProgramStats stats = stats_of(source);
  EXPECT_EQ(stats.total.commands, 5);
  EXPECT_EQ(stats.total.bytes_loaded, 64);
  EXPECT_EQ(stats.total.bytes_stored, 10);
  EXPECT_EQ(stats.total.macs, 8 * 4 * 4);
  EXPECT_EQ(stats.by_layer[0], (CommandStats{2, 64, 0, 0}));
  EXPECT_EQ(stats.by_layer[1], (CommandStats{3, 0, 10, 128}));
  EXPECT_EQ(stats.by_opcode[static_cast<std::size_t>(Opcode::preload)], 1);
  EXPECT_EQ(stats.waits, 4);
  EXPECT_EQ(stats.waits_across_cores, 1);
  EXPECT_EQ(check_text(p.header, stats),
            "ok: 5 commands on 2 cores, 2 layers, 0 tensors, 64 bytes loaded, 10 bytes stored, "
            "128 MACs");
}

TEST(ProgramDiff, ShowsWhatDiffersByCoreAndIndex) {
  std::string changed = kText;
  changed.replace(changed.find("run=10"), 6, "run=11");
  changed.replace(changed.find("\"w\""), 3, "\"v\"");
  const Program a = program(), b = program(changed);
  ProgramSource source_a(a), source_b(b);
  std::ostringstream out;
  EXPECT_EQ(diff_programs(source_a, source_b, 10, out), 2);
  EXPECT_EQ(out.str(),
            "header line 2\n- workload \"w\"\n+ workload \"v\"\n"
            "core 1 command 1\n- 1: store after 0 layer=1 run=10\n"
            "+ 1: store after 0 layer=1 run=11\n");
}

TEST(ProgramDiff, CountsBeyondItsLimitWithoutShowing) {
  const Program a = program();
  Program b = a;
  b.streams[0].clear();
  ProgramSource source_a(a), source_b(b);
  std::ostringstream out;
  EXPECT_EQ(diff_programs(source_a, source_b, 1, out), 3);
  EXPECT_EQ(out.str(),
            "core 0 command 0\n- 0: load run=16 loops=4:16:16\n... and 2 more differences\n");
}

TEST(ProgramDiff, FindsNoneBetweenEqualPrograms) {
  const Program a = program();
  ProgramSource source_a(a), source_b(a);
  std::ostringstream out;
  EXPECT_EQ(diff_programs(source_a, source_b, 10, out), 0);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace systolith
