#include "sim/system/memory_map.h"

#include <gtest/gtest.h>

#include "hw/arch/read_machine.h"
#include "sim/system/vocabulary.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

// Two channels of 8 GiB, requests of 64 B in turn, and a level of 1 MiB.
Machine machine() {
  Machine m = small_machine();
  m.dram.channels = 2;
  m.dram.mapping = "row:bank:column:bankgroup:channel";
  m.memory = {LevelConfig{}};
  m.memory[0].name = "l2";
  m.memory[0].capacity = mebibytes(1);
  return m;
}

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TenantPart part(const char* name, std::vector<std::int64_t> channels, std::int64_t base,
                std::int64_t gib, std::int64_t level_base) {
  TenantPart p;
  p.name = name;
  p.channels = std::move(channels);
  p.dram = {static_cast<std::uint64_t>(base * kGiB), Bytes(gib * kGiB)};
  p.levels = {{static_cast<std::uint64_t>(level_base), kibibytes(512)}};
  p.dram_share = 500;
  p.level_share = 250;
  return p;
}

void expect_route(const Route& route, std::size_t port, std::uint64_t address) {
  EXPECT_TRUE(route.allowed);
  EXPECT_EQ(route.port, port);
  EXPECT_EQ(route.address, address);
}

TEST(MemoryMap, OneTenantHasTheMachine) {
  const MemoryMap map(machine(), whole_machine(machine()));
  expect_route(map.route(0, TenantId{}, 0, 64), 0, 0);
  expect_route(map.route(0, TenantId{}, 64, 64), 1, 0);
  expect_route(map.route(0, TenantId{}, 128 + 5, 1), 0, 64 + 5);
  expect_route(map.route(0, TenantId{}, AddressMap::level_base(0) + 9, 1), 2, 9);
  EXPECT_FALSE(map.route(0, TenantId{}, 16 * kGiB, 1).allowed);
  EXPECT_FALSE(map.route(0, TenantId{}, 16 * kGiB - 63, 64).allowed);
  EXPECT_FALSE(map.route(0, TenantId{}, AddressMap::level_base(0) + (1 << 20), 1).allowed);
  EXPECT_FALSE(map.route(0, TenantId{}, AddressMap::level_base(1), 1).allowed);
}

TEST(MemoryMap, TenantsAddressTheirOwnPartsFromZeroOn) {
  const Partition two = {{part("a", {1}, 0, 4, 0), part("b", {0, 1}, 4, 2, 1 << 19)}, false};
  const MemoryMap map(machine(), two);
  EXPECT_EQ(map.channels().size(), 2U);
  expect_route(map.route(0, TenantId{0}, 64, 64), 1, 64);
  expect_route(map.route(0, TenantId{1}, 64, 64), 1, 4 * kGiB);
  expect_route(map.route(0, TenantId{1}, AddressMap::level_base(0), 1), 2, 1 << 19);
  EXPECT_FALSE(map.route(0, TenantId{0}, 4 * kGiB, 1).allowed);
  EXPECT_FALSE(map.route(0, TenantId{1}, AddressMap::level_base(0) + (1 << 19), 1).allowed);
}

TEST(MemoryMap, UnderStrictIsolationNobodySharesAPort) {
  const Partition two = {{part("a", {0, 1}, 0, 4, 0), part("b", {0, 1}, 4, 4, 1 << 19)}, true};
  const MemoryMap map(machine(), two);
  ASSERT_EQ(map.channels().size(), 4U);
  ASSERT_EQ(map.levels().size(), 2U);
  expect_route(map.route(0, TenantId{0}, 64, 64), 1, 0);
  expect_route(map.route(0, TenantId{1}, 64, 64), 3, 4 * kGiB);
  EXPECT_EQ(map.route(0, TenantId{1}, AddressMap::level_base(0), 1).port, 5U);
  EXPECT_EQ(map.channels()[3].name, "channel1_b");
  // Half of the bandwidth: a burst has the bus for twice as long; the port is half as wide.
  EXPECT_EQ(map.channels()[0].config.facts.burst_cycles, machine().dram.facts.burst_cycles * 2);
  EXPECT_EQ(map.port_widths()[0], Bytes(machine().interconnect.width.count() / 2));
  EXPECT_EQ(map.levels()[0].config.banks, machine().memory[0].banks / 4);
}

// Core 0 enters DRAM through a cache of its own and then the common one, core 1 through that alone.
Machine machine_with_caches() {
  return parse_machine(
      "core: {count: 2}\n"
      "dram: {channels: 2, mapping: \"row:bank:column:bankgroup:channel\"}\n"
      "memory:\n"
      "  - {name: l1, kind: cache, cores: 0}\n"
      "  - {name: l2, kind: cache}\n"
      "  - {name: buffer, cores: 1}\n",
      "m.yaml", {}, vocabulary());
}

TEST(MemoryMap, RequestsPassThroughTheLevelsOfTheirCore) {
  const Machine m = machine_with_caches();
  const MemoryMap map(m, whole_machine(m));
  ASSERT_EQ(map.askers(), 2 * 2 + 1 + 2U);
  expect_route(map.route(0, TenantId{}, 4096 + 64, 64), 2, 4096 + 64);  // l1
  expect_route(map.route(3, TenantId{}, 4096 + 64, 64), 3, 4096 + 64);  // l2
  expect_route(map.route(map.host(), TenantId{}, 4096 + 64, 64), 1, 2048);
  expect_route(map.route(map.asker_of_level(0), TenantId{}, 4096 + 64, 64), 3, 4096 + 64);
  expect_route(map.route(map.asker_of_level(1), TenantId{}, 4096 + 64, 64), 1, 2048);
}

TEST(MemoryMap, AScratchpadIsItsCoresAlone) {
  const Machine m = machine_with_caches();
  const MemoryMap map(m, whole_machine(m));
  EXPECT_TRUE(map.route(2, TenantId{}, AddressMap::level_base(2), 64).allowed);
  EXPECT_FALSE(map.route(0, TenantId{}, AddressMap::level_base(2), 64).allowed);
  EXPECT_FALSE(map.route(0, TenantId{}, AddressMap::level_base(1), 64).allowed);  // a cache
}

}  // namespace
}  // namespace systolith
