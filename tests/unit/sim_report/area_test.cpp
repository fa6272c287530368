#include "sim/report/area.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace systolith {
namespace {

using report_test::small_machine;

double of(const Machine& machine, const std::string& name) {
  for (const AreaComponent& part : area_of(machine).components)
    if (part.name == name) return part.square_mm;
  ADD_FAILURE() << "no " << name;
  return 0;
}

TEST(Area, OfAPeIsItsMultipliersAndItsRegisters) {
  Machine machine = small_machine();  // 16 PEs with two weight buffers
  EXPECT_DOUBLE_EQ(of(machine, "array"), 16 * (900 + 10 * (8 + 2 * 8 + 32)) / 1e6);
  machine.core.array.weight_buffers = 1;
  machine.core.count = 3;
  EXPECT_DOUBLE_EQ(of(machine, "array"), 3 * 16 * (900 + 10 * (8 + 8 + 32)) / 1e6);
}

TEST(Area, APeHasOneIntegerAndOneFloatMultiplier) {
  Machine machine = small_machine();
  machine.core.datapath.native = {Format::int8, Format::int16, Format::fp8_e4m3, Format::bf16};
  machine.core.datapath.packed = {Format::int4};  // shares the integer one, as int16 does
  EXPECT_DOUBLE_EQ(of(machine, "array"), 16 * (900 + 4500 + 10 * (3 * 16 + 32)) / 1e6);
  machine.core.datapath.native = {Format::fp32};
  EXPECT_DOUBLE_EQ(of(machine, "array"), 16 * (9000 + 10 * (3 * 32 + 32)) / 1e6);
}

TEST(Area, MemoriesAreTheirBits) {
  Machine machine = small_machine();
  machine.core.count = 2;
  machine.core.scratchpad.capacity = kibibytes(256);
  machine.core.accumulator.capacity = kibibytes(64);
  LevelConfig level;
  level.name = "l2";
  level.capacity = mebibytes(4);
  machine.memory = {level};
  EXPECT_DOUBLE_EQ(of(machine, "scratchpad"), 2 * 262'144 * 8 / 1e6);
  EXPECT_DOUBLE_EQ(of(machine, "accumulator"), 2 * 65'536 * 8 / 1e6);
  EXPECT_DOUBLE_EQ(of(machine, "l2"), 4'194'304 * 8 / 1e6);
  EXPECT_DOUBLE_EQ(of(machine, "vector"), 2 * 32 * 10'000 / 1e6);
}

TEST(Area, TheComponentsSumToTheTotal) {
  const AreaReport area = area_of(small_machine());
  double sum = 0;
  for (const AreaComponent& part : area.components) sum += part.square_mm;
  EXPECT_DOUBLE_EQ(area.total_square_mm, sum);
}

TEST(Area, ATableThatLacksAPartIsABug) {
  Machine machine = small_machine();
  machine.energy.square_micrometers.erase("sram_bit");
  EXPECT_THROW(area_of(machine), InternalError);
}

}  // namespace
}  // namespace systolith
