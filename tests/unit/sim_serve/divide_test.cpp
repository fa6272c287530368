#include "sim/serve/divide.h"

#include <gtest/gtest.h>

namespace systolith {
namespace {

// Tenants of a machine with four cores, 512 KiB of scratchpad each, two channels of 8 GiB and a
// level of 4 MiB; `tenants` gives what each says beside its name.
Scenario scenario(const std::vector<std::string>& tenants, const std::string& keys = "") {
  std::string text =
      "machine: edge_npu\nset: {core.count: 4, memory.0.name: l2}\n" + keys + "tenants:\n";
  for (std::size_t i = 0; i < tenants.size(); ++i)
    text += fmt::format(
        "- {{name: t{}, workload: mlp, arrivals: {{kind: continuous, requests: 1}}{}}}\n", i,
        tenants[i].empty() ? "" : ", " + tenants[i]);
  return parse_scenario(text, "s.yaml", {});
}

std::string failure_of(const std::vector<std::string>& tenants, const std::string& keys = "") {
  try {
    divide(scenario(tenants, keys));
  } catch (const UserError& error) {
    return error.what();
  }
  return "none";
}

using Numbers = std::vector<std::int64_t>;

TEST(Divide, ATenantThatSaysNothingHasEverything) {
  const Partition p = divide(scenario({""}));
  EXPECT_EQ(p.parts[0].cores, (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(p.parts[0].channels, (Numbers{0, 1}));
  EXPECT_EQ(p.parts[0].scratchpad.size, kibibytes(512));
  EXPECT_EQ(p.parts[0].dram.size, mebibytes(8192));
  EXPECT_EQ(p.parts[0].levels[0].size, mebibytes(4));
}

TEST(Divide, CountedCoresAreThoseThatNobodyLists) {
  const Partition p = divide(scenario({"cores: 2", "cores: [1]", "cores: 1"}));
  EXPECT_EQ(p.parts[0].cores, (Numbers{0, 2}));
  EXPECT_EQ(p.parts[1].cores, (Numbers{1}));
  EXPECT_EQ(p.parts[2].cores, (Numbers{3}));
}

TEST(Divide, ScratchpadsAreTakenInTurnUnlessSomebodyOnTheCoreGivesAShare) {
  const Partition whole = divide(scenario({"cores: [0]", "cores: [0]"}));
  EXPECT_TRUE(shares_scratchpad(whole, 0));
  EXPECT_EQ(whole.parts[1].scratchpad.size, kibibytes(512));
  const Partition split = divide(scenario({"cores: [0], scratchpad: 25%", "cores: [0]"}));
  EXPECT_FALSE(shares_scratchpad(split, 0));
  EXPECT_EQ(split.parts[0].scratchpad.size, kibibytes(128));
  EXPECT_EQ(split.parts[1].scratchpad.size, kibibytes(384));
  EXPECT_FALSE(overlap(split.parts[0].scratchpad, split.parts[1].scratchpad));
}

TEST(Divide, DramPartsDoNotOverlapOnAnyChannel) {
  const Partition p = divide(scenario(
      {"dram: {channels: [0], share: 25%}", "dram: {share: 50%}", "dram: {channels: [1]}"}));
  EXPECT_EQ(p.parts[0].channels, (Numbers{0}));
  EXPECT_EQ(p.parts[1].channels, (Numbers{0, 1}));
  EXPECT_EQ(p.parts[2].dram.size, mebibytes(4096));
  EXPECT_FALSE(overlap(p.parts[0].dram, p.parts[1].dram));
  EXPECT_FALSE(overlap(p.parts[1].dram, p.parts[2].dram));
}

TEST(Divide, UnderStrictIsolationAPartDoesNotDependOnWhoElseIsThere) {
  const std::string strict = "isolation: strict\n";
  const std::string own = "cores: [0], dram: {share: 40%}, levels: 25%";
  const Partition alone = divide(scenario({own}, strict));
  const Partition beside =
      divide(scenario({own, "cores: [1, 2], dram: {share: 60%}, levels: 50%"}, strict));
  EXPECT_EQ(alone.parts[0].dram_share, 400);
  EXPECT_EQ(beside.parts[0].dram_share, 400);
  EXPECT_EQ(alone.parts[0].dram.size, beside.parts[0].dram.size);
  EXPECT_EQ(alone.parts[0].levels[0].size, beside.parts[0].levels[0].size);
}

TEST(Divide, AMachineOfATenantIsItsPart) {
  const Scenario s =
      scenario({"cores: [1, 3], scratchpad: 50%, dram: {channels: [1]}", "cores: [0, 1]"});
  const Machine own = machine_of(s.machine, divide(s), 0);
  EXPECT_EQ(own.core.count, 2);
  EXPECT_EQ(own.core.scratchpad.capacity, kibibytes(256));
  EXPECT_EQ(own.dram.channels, 1);
  EXPECT_EQ(own.memory[0].capacity, mebibytes(2));
}

TEST(Divide, WhatIsNotThereIsRefusedWithItsPlace) {
  EXPECT_EQ(failure_of({"cores: 5"}),
            "s.yaml:4:79: tenant 't0' wants 5 cores; of the machine's 4, 4 are left (list cores, "
            "as [0, 1], to share them)");
  EXPECT_EQ(failure_of({"cores: [4]"}),
            "s.yaml:4:79: tenant 't0' has core 4, the machine has 4 (0 to 3)");
  EXPECT_EQ(failure_of({"dram: {channels: [2]}"}),
            "s.yaml:4:78: tenant 't0' has DRAM channel 2, the machine has 2 (0 to 1)");
  EXPECT_EQ(failure_of({"dram: {share: 60%}", "dram: {share: 50%}"}),
            "s.yaml:5:78: the tenants' shares of DRAM channel 0 come to more than 100% (with that "
            "of 't1': 110%)");
  EXPECT_EQ(failure_of({"scratchpad: 70%", "scratchpad: 40%"}),
            "s.yaml:5:84: the tenants' shares of core 0's scratchpad come to more than 100% (with "
            "that of 't1': 110%)");
  EXPECT_EQ(failure_of({"levels: 100%", ""}),
            "s.yaml:5:3: the tenants' shares of the shared levels come to more than 100% (with "
            "that of 't1': 100% and something for those that give none)");
}

TEST(Divide, StrictIsolationAllowsNoCommonCoreAndNoShareThatIsNotSaid) {
  EXPECT_EQ(failure_of({"cores: [0]", "cores: [0, 1]"}, "isolation: strict\n"),
            "s.yaml:6:79: tenants 't0' and 't1' share cores, which strict isolation does not "
            "allow: give each its own");
  EXPECT_EQ(failure_of({"cores: [0]", "cores: [1]"}, "isolation: strict\n"),
            "s.yaml:6:3: the tenants' shares of DRAM channel 0 come to more than 100% (with that "
            "of 't1': 200%; under strict isolation a tenant that gives none takes 100%)");
}

}  // namespace
}  // namespace systolith
