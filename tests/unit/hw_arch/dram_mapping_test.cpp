#include <gtest/gtest.h>

#include <set>

#include "hw/arch/dram_mapping.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// DDR4 of 8 Gb x8 devices: 65536 rows, 4 groups of 4 banks, 1024 columns of 8 B, bursts of 8.
DramExtents ddr4(std::int64_t channels = 1, std::int64_t ranks = 1) {
  DramExtents extents;
  extents[DramField::row] = 65536;
  extents[DramField::bank] = extents[DramField::bankgroup] = 4;
  extents[DramField::column] = 1024;
  extents[DramField::channel] = channels;
  extents[DramField::rank] = ranks;
  extents.burst_columns = 8;
  extents.column_width = Bytes(8);
  return extents;
}

std::string refusal(const std::string& text, const DramExtents& extents) {
  try {
    DramMapping(text, extents);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

std::int64_t field(const DramMapping& mapping, std::uint64_t address, DramField wanted) {
  return get(mapping.place(address), wanted);
}

TEST(DramMapping, FieldsAreTakenFromTheBottom) {
  const DramMapping mapping("row:bank:bankgroup:column", ddr4());
  const std::uint64_t address = (((((0xABCULL << 2) | 3) << 2) | 1) << 7 | 0x55) << 6;
  EXPECT_EQ(field(mapping, address, DramField::row), 0xABC);
  EXPECT_EQ(field(mapping, address, DramField::bank), 3);
  EXPECT_EQ(field(mapping, address, DramField::bankgroup), 1);
  EXPECT_EQ(field(mapping, address, DramField::column), 0x55 * 8);
}

TEST(DramMapping, BytesOfABurstShareItsPlace) {
  const DramMapping mapping("row:bank:column:bankgroup", ddr4());
  EXPECT_EQ(mapping.place(0x12340), mapping.place(0x1237F));
  EXPECT_NE(mapping.place(0x12340), mapping.place(0x12380));
}

TEST(DramMapping, SlicesGoWhereTheyAreWritten) {
  const DramMapping mapping("row:column[9:5]:bank:column[4:3]:bankgroup", ddr4());
  EXPECT_EQ(field(mapping, 1 << 6, DramField::bankgroup), 1);
  EXPECT_EQ(field(mapping, 1 << 8, DramField::column), 8);
  EXPECT_EQ(field(mapping, 1 << 10, DramField::bank), 1);
  EXPECT_EQ(field(mapping, 1 << 12, DramField::column), 32);
  EXPECT_EQ(field(mapping, 1 << 17, DramField::row), 1);
}

TEST(DramMapping, ColumnsOfABurstMayBeWrittenOut) {
  const DramMapping shorter("row:bank:bankgroup:column", ddr4());
  for (const char* text : {"row:bank:bankgroup:column[9:3]", "row:bank:bankgroup:column[9:0]",
                           "row:bank:bankgroup:column[9:3]:column[2:0]"})
    EXPECT_EQ(DramMapping(text, ddr4()).place(0x7654321), shorter.place(0x7654321)) << text;
}

TEST(DramMapping, EveryAddressHasItsOwnPlace) {
  for (const std::int64_t channels : {1, 3, 4}) {
    const DramExtents extents = ddr4(channels, 2);
    const DramMapping mapping("rank:row:bank:column[9:6]:channel:bankgroup:column[5:3]", extents);
    std::set<DramPlace> seen;
    for (std::uint64_t burst = 0; burst < 10'000; ++burst)
      EXPECT_TRUE(seen.insert(mapping.place(burst * 64)).second);
    const DramPlace last =
        mapping.place(static_cast<std::uint64_t>(extents.capacity().count()) - 1);
    for (std::size_t f = 0; f < kDramFields; ++f) {
      const bool column = static_cast<DramField>(f) == DramField::column;
      EXPECT_EQ(last[f], extents.values[f] - (column ? extents.burst_columns : 1));
    }
  }
}

TEST(DramMapping, TheDefaultHoldsEveryField) {
  const DramMapping mapping("", ddr4(2, 2));
  EXPECT_EQ(field(mapping, 64, DramField::channel), 1);
  EXPECT_EQ(field(mapping, 128, DramField::bankgroup), 1);
}

TEST(DramMapping, WithoutAFieldTheOthersCloseUp) {
  const DramMapping mapping =
      DramMapping("row:bank:column:channel:bankgroup", ddr4(4)).without(DramField::channel);
  EXPECT_EQ(field(mapping, 4 * 64, DramField::column), 8);
}

TEST(DramMapping, WhatIsMissingIsNamed) {
  EXPECT_EQ(refusal("row:bank:column:bankgroup", ddr4(2)),
            "'row:bank:column:bankgroup' lacks channel");
  EXPECT_EQ(refusal("row:bank:column[9:5]:bankgroup", ddr4()),
            "'row:bank:column[9:5]:bankgroup' lacks column[4:3]");
  EXPECT_EQ(refusal("row[15:9]:row[7:0]:bank:column:bankgroup", ddr4()),
            "'row[15:9]:row[7:0]:bank:column:bankgroup' lacks row[8]");
  EXPECT_EQ(refusal("row:bank:bankgroup:column[9:1]", ddr4()),
            "'row:bank:bankgroup:column[9:1]' has column[9:1] above other fields, but column[2:0] "
            "are within a burst: left out, or last");
}

TEST(DramMapping, WhatIsThereTwiceIsNamed) {
  EXPECT_EQ(refusal("row:bank:bank:column:bankgroup", ddr4()),
            "'row:bank:bank:column:bankgroup' has bank twice");
  EXPECT_EQ(refusal("row:bank:column[9:3]:column[3]:bankgroup", ddr4()),
            "'row:bank:column[9:3]:column[3]:bankgroup' has column[3] twice");
  EXPECT_EQ(refusal("row:channel:bank:column:bankgroup:channel", ddr4(3)),
            "'row:channel:bank:column:bankgroup:channel' has channel twice");
}

TEST(DramMapping, BitsThatAreNotThereAreNamed) {
  EXPECT_EQ(refusal("row[16:0]:bank:column:bankgroup", ddr4()),
            "'row[16:0]:bank:column:bankgroup' has row[16:0], beyond row[15:0]");
  EXPECT_EQ(
      refusal("row:rank[0]:bank:column:bankgroup", ddr4()),
      "'row:rank[0]:bank:column:bankgroup' has rank[0], but there is one value of it, no bit");
  EXPECT_EQ(refusal("row:bank:column[3:9]:bankgroup", ddr4()),
            "'row:bank:column[3:9]:bankgroup' has column[3:9], where the higher bit comes first");
  EXPECT_EQ(
      refusal("row:channel[1]:bank:column:bankgroup", ddr4(3)),
      "'row:channel[1]:bank:column:bankgroup' has channel[1], but the 3 values of channel are "
      "not a power of two: it is taken whole");
}

TEST(DramMapping, WhatIsNoListOfFieldsIsRefused) {
  for (const char* text :
       {"row:lane", "row::bank", "row:bank:", ":row", "row[3", "row[a]", "row bank", "row[1:]"})
    EXPECT_EQ(refusal(text, ddr4()),
              fmt::format("'{}' is not a list of the fields row, bank, bankgroup, column, rank, "
                          "pseudochannel, channel, or bits of them such as column[9:3], with ':' "
                          "between",
                          text));
}

}  // namespace
}  // namespace systolith
