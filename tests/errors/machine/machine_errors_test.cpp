// Every kind of bad machine description, and the exact message that answers it.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "hw/arch/energy_table.h"
#include "tests/unit/hw_arch/test_vocabulary.h"

namespace systolith {
namespace {

template <class Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

void expect_cases_of(const std::string& file) {
  const std::string path = SYSTOLITH_SOURCE_DIR "/tests/errors/machine/" + file;
  const YAML::Node cases = YAML::LoadFile(path);
  ASSERT_GT(cases.size(), 0U);
  const Vocabulary vocabulary = test_vocabulary();
  for (const YAML::Node& row : cases) {
    const auto text = row["machine"].as<std::string>();
    EXPECT_EQ(message_of([&] { parse_machine(text, "m.yaml", {}, vocabulary); }),
              row["error"].as<std::string>())
        << row["case"] << "\n"
        << text;
  }
}

TEST(MachineErrors, WhatIsNotAMappingOfKnownKeysIsRefused) { expect_cases_of("syntax.yaml"); }
TEST(MachineErrors, ValuesThatAreWrongByThemselvesAreRefused) { expect_cases_of("values.yaml"); }
TEST(MachineErrors, ValuesThatDoNotGoTogetherAreRefused) { expect_cases_of("rules.yaml"); }

struct OverrideCase {
  const char* machine;
  std::vector<std::string> overrides;
  const char* error;
};

TEST(MachineErrors, ABadOverrideIsNamedAsItWasTyped) {
  const OverrideCase cases[] = {
      {"{}", {"core.count"}, "--set core.count: expected path.to.key=value"},
      {"{}", {"=4"}, "--set =4: expected path.to.key=value"},
      {"{}",
       {"core..count=4"},
       "--set core..count=4: empty key in the path (expected path.to.key=value)"},
      {"{}", {"core.=1"}, "--set core.=1: empty key in the path (expected path.to.key=value)"},
      {"{}",
       {"core.count=x"},
       "--set core.count=x: core.count: 'x' is not a whole number (allowed: 1 to 1024)"},
      {"core: {count: 1}",
       {"core.count=0"},
       "--set core.count=0: core.count: '0' is out of range (allowed: 1 to 1024)"},
      {"{}",
       {"core.count="},
       "--set core.count=: core.count: expected a whole number, found nothing"},
      {"{}", {"core.count=[1"}, "--set core.count=[1: not YAML: end of sequence flow not found"},
      {"{}",
       {"core.cuont=4"},
       "--set core.cuont=4: core: unknown key 'cuont' (known: count, array, datapath, vector, "
       "scratchpad, weight_scratchpad, accumulator, dma, control); did you mean 'count'?"},
      {"{}",
       {"core={array: {rows: 0}}"},
       "--set core={array: {rows: 0}}: core.array.rows: '0' is out of range (allowed: 1 to 512)"},
      {"clock: 1GHz", {"clock.x=1"}, "--set clock.x=1: clock: is '1GHz', not a mapping"},
      {"memory: [{name: l2}]",
       {"memory.0.capacity=3"},
       "--set memory.0.capacity=3: memory.0.capacity: '3' has no unit (allowed: B, KiB, MiB, GiB, "
       "KB, MB, GB)"},
      {"memory: [{name: l2}]",
       {"memory.3.name=x"},
       "--set memory.3.name=x: memory: there is no element 3 (1 elements)"},
      {"memory: [{name: l2}]",
       {"memory.l2.latency=3"},
       "--set memory.l2.latency=3: memory: is a list, not a mapping"},
      {"{}", {"memory.0.latency=4"}, "--set memory.0.latency=4: memory.0: missing key 'name'"},
      // A rule between fields blames the override, not the file's innocent value.
      {"core: {accumulator: {capacity: 2KiB}}",
       {"core.array.cols=512"},
       "--set core.array.cols=512: core.array.cols: the capacity of 2KiB is less than one row in "
       "each bank (4KiB needed: 2 banks x 512 columns x 4B)"},
  };
  for (const OverrideCase& c : cases)
    EXPECT_EQ(
        message_of([&] { parse_machine(c.machine, "m.yaml", c.overrides, test_vocabulary()); }),
        c.error);
}

TEST(MachineErrors, AMachineThatIsNotThereIsAnsweredWithWhatIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"edge_npv",
       "unknown machine preset 'edge_npv' (known: cloud_128x128, edge_npu, gemmini_16x16, tpu_v1); "
       "did you mean 'edge_npu'?"},
      {"", "unknown machine preset '' (known: cloud_128x128, edge_npu, gemmini_16x16, tpu_v1)"},
      {"no_such.yaml", "machine file 'no_such.yaml' does not exist"},
      {"no_such_folder/edge_npu", "machine file 'no_such_folder/edge_npu' does not exist"},
      {"/", "machine file '/' is not a file"},
  };
  for (const auto& [source, error] : cases)
    EXPECT_EQ(message_of([&, name = source] { read_machine(name, {}, test_vocabulary()); }), error);
}

TEST(MachineErrors, AnErrorInAFileNamesTheFileAsItWasGiven) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "bad_clock.yaml";
  std::ofstream(path) << "name: bad\nclock: 5\n";
  EXPECT_EQ(message_of([&] { read_machine(path.string(), {}, test_vocabulary()); }),
            path.string() + ":2:8: clock: '5' has no unit (allowed: Hz, kHz, MHz, GHz)");
  std::filesystem::remove(path);
}

TEST(MachineErrors, MoreDramThanTheAddressMapHoldsIsRefused) {
  Vocabulary vocabulary = test_vocabulary();
  for (DramStandardFacts& facts : vocabulary.dram_standards)
    facts.extents[DramField::row] = 16 * 65536;
  EXPECT_EQ(message_of([&] { parse_machine("dram: {channels: 256}", "m.yaml", {}, vocabulary); }),
            "m.yaml:1:18: dram.channels: 256 channels of 128GiB are more than 16384GiB");
}

TEST(MachineErrors, ADamagedFileIsReadOrRefusedButNeverAnythingElse) {
  std::ifstream stream(SYSTOLITH_SOURCE_DIR "/hw/presets/cloud_128x128.yaml");
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  const Vocabulary vocabulary = test_vocabulary();
  int refused = 0;
  const auto read = [&](const std::string& text) {
    refused += message_of([&] { parse_machine(text, "m.yaml", {}, vocabulary); }) != "no error";
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    read(whole.substr(0, at));
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    read(flipped);
  }
  EXPECT_GT(refused, 0);
}

// A whole table with the row of mac_int8 replaced by `row`.
std::string energy_table(const std::string& row) {
  std::ifstream stream(SYSTOLITH_SOURCE_DIR "/hw/presets/energy/table_45nm.yaml");
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t begin = text.find("  mac_int8:"), end = text.find("  mac_bf16:");
  return text.replace(begin, end - begin, row);
}

// A whole table with its last row, that of sram_bit, replaced by `row`.
std::string area_table(const std::string& row) {
  const std::string text = energy_table("  mac_int8: {energy: 1pJ, source: s}\n");
  return text.substr(0, text.find("  sram_bit:")) + row;
}

TEST(EnergyTableErrors, ADefectOfAnAreaIsNamedWithItsPlace) {
  const std::string whole = area_table("");
  const auto line = std::to_string(1 + std::count(whole.begin(), whole.end(), '\n'));
  const std::string first = "  mac_int8: {energy: 1pJ, source: s}\n";
  const std::string energies =
      energy_table(first).substr(0, energy_table(first).find("\nareas:") + 1);
  const std::pair<std::string, std::string> cases[] = {
      {energies, "e.yaml:2:1: missing key 'areas'"},
      {energies + "areas: 4", ": areas: expected a mapping, found '4'"},
      {whole, ": areas: missing key 'sram_bit'"},
      {area_table("  dram_bit: {area: 1um2, source: s}\n"),
       "e.yaml:" + line +
           ":3: areas: unknown key 'dram_bit' (known: mac_int8, mac_fp8, mac_fp16, "
           "mac_bf16, mac_fp32, vector_lane, register_bit, sram_bit); did you mean 'sram_bit'?"},
      {area_table("  sram_bit: {area: 1um2}\n"),
       "e.yaml:" + line + ":13: areas.sram_bit: missing key 'source'"},
      {area_table("  sram_bit: {area: 1um, source: s}\n"),
       "e.yaml:" + line +
           ":20: areas.sram_bit.area: '1um' has the unit 'um', not a unit of area "
           "(allowed: nm2, um2, mm2)"},
      {area_table("  sram_bit: {area: 0um2, source: s}\n"),
       "e.yaml:" + line +
           ":20: areas.sram_bit.area: '0um2' is out of range (allowed: 1nm2 to "
           "1mm2)"},
  };
  for (const auto& [text, error] : cases) {
    const std::string said =
        message_of([&, table = text] { parse_energy_table("e", table, "e.yaml"); });
    EXPECT_NE(said.find(error), said.npos) << said << "\n" << error;
  }
}

TEST(EnergyTableErrors, EveryDefectIsNamedWithItsPlace) {
  const std::string keys =
      "mac_int8, mac_bf16, mac_fp32, mac_int8xint4, mac_int4, mac_int16, mac_int16xint8, "
      "mac_fp16, mac_fp8, vector_op, scratchpad_read, scratchpad_write, accumulator_access, "
      "level_access, interconnect";
  const std::pair<std::string, std::string> cases[] = {
      {"source: s", "e.yaml:1:1: missing key 'energies'"},
      {"[]", "e.yaml:1:1: expected a mapping of source, energies, areas, found a list"},
      {"energies: {}", "e.yaml:1:1: missing key 'source'"},
      {"source: s\nenergies: 4", "e.yaml:2:11: energies: expected a mapping, found '4'"},
      {energy_table(""), "e.yaml:4:3: energies: missing key 'mac_int8'"},
      {energy_table("  mac_int9: {energy: 1pJ, source: s}\n"),
       "e.yaml:4:3: energies: unknown key 'mac_int9' (known: " + keys +
           "); did you mean 'mac_int8'?"},
      {energy_table("  mac_int8: 0.3pJ\n"),
       "e.yaml:4:13: energies.mac_int8: expected a mapping, found '0.3pJ'"},
      {energy_table("  mac_int8: {energy: 0.3pJ}\n"),
       "e.yaml:4:13: energies.mac_int8: missing key 'source'"},
      {energy_table("  mac_int8: {energy: 0.3, source: s}\n"),
       "e.yaml:4:22: energies.mac_int8.energy: '0.3' has no unit (allowed: fJ, pJ, nJ)"},
      {energy_table("  mac_int8: {energy: -1pJ, source: s}\n"),
       "e.yaml:4:22: energies.mac_int8.energy: '-1pJ' is out of range (allowed: 1fJ to 1000nJ)"},
      {energy_table("  mac_fp16: {energy: 1pJ, source: s}\n"),
       "e.yaml:23:3: energies: duplicate key 'mac_fp16'"},
      {energy_table("  dram: {energy: 1pJ, source: s}\n"),
       "e.yaml:4:3: energies: unknown key 'dram' (known: " + keys + ")"},
  };
  for (const auto& [text, error] : cases)
    EXPECT_EQ(message_of([&, table = text] { parse_energy_table("e", table, "e.yaml"); }), error);
}

}  // namespace
}  // namespace systolith
