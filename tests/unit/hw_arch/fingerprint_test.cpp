#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "hw/arch/machine.h"

namespace systolith {
namespace {

using Change = std::function<void(Machine&)>;

Machine plain() {
  Machine machine;
  machine.memory.push_back({});
  machine.dram.facts.extents[DramField::row] = std::int64_t{1} << 33;
  return machine;
}

std::uint64_t after(const Change& change) {
  Machine machine = plain();
  change(machine);
  return program_fingerprint(machine);
}

TEST(ProgramFingerprint, ChangesWithAllThatAProgramReliesOn) {
  const Change changes[] = {
      [](Machine&) {},
      [](Machine& m) { m.core.count = 2; },
      [](Machine& m) { m.core.array.rows = 16; },
      [](Machine& m) { m.core.array.cols = 16; },
      [](Machine& m) { m.core.array.dataflow = {"output_stationary"}; },
      [](Machine& m) { m.core.array.weight_buffers = 1; },
      [](Machine& m) {
        m.core.datapath.native = {Format::int8, Format::bf16};
      },
      [](Machine& m) { m.core.datapath.packed = {Format::int4}; },
      [](Machine& m) { m.core.scratchpad.capacity = kibibytes(256); },
      [](Machine& m) { m.core.accumulator.capacity = kibibytes(64); },
      [](Machine& m) { m.memory.clear(); },
      [](Machine& m) { m.memory[0].capacity = mebibytes(8); },
      [](Machine& m) { m.dram.facts.extents[DramField::row] /= 2; },
  };
  std::set<std::uint64_t> seen;
  for (const Change& change : changes) seen.insert(after(change));
  EXPECT_EQ(seen.size(), std::size(changes));
}

TEST(ProgramFingerprint, IsTheSameUnderASweepOfClocksWidthsLatenciesAndNames) {
  const Change changes[] = {
      [](Machine& m) { m.name = "other"; },
      [](Machine& m) { m.clock = Hertz(700'000'000); },
      [](Machine& m) { m.core.vector.lanes = 64; },
      [](Machine& m) { m.core.scratchpad.banks = 4; },
      [](Machine& m) { m.core.scratchpad.width = Bytes(16); },
      [](Machine& m) { m.core.accumulator.banks = 4; },
      [](Machine& m) {
        m.core.dma = {4, 128, Bytes(32)};
      },
      [](Machine& m) { m.core.control.queue_depth = 4; },
      [](Machine& m) { m.memory[0].name = "l3"; },
      [](Machine& m) { m.memory[0].width = Bytes(128); },
      [](Machine& m) { m.memory[0].latency = Cycles(40); },
      [](Machine& m) { m.dram.standard = "other"; },
      [](Machine& m) { m.dram.scheduler = "fcfs"; },
      [](Machine& m) { m.dram.timing["CL"] = 99; },
      [](Machine& m) {
        m.interconnect = {"ring", Bytes(128), Cycles(1), Hertz(1)};
      },
      [](Machine& m) { m.energy.name = "table_7nm"; },
  };
  for (const Change& change : changes) EXPECT_EQ(after(change), program_fingerprint(plain()));
}

TEST(ProgramFingerprint, DoesNotDependOnTheOrderOfFormats) {
  EXPECT_EQ(after([](Machine& m) {
              m.core.datapath.native = {Format::int8, Format::bf16};
            }),
            after([](Machine& m) {
              m.core.datapath.native = {Format::bf16, Format::int8};
            }));
}

}  // namespace
}  // namespace systolith
