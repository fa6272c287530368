// Three models of the array, one answer: the RTL under Verilator, the PE-level model and the closed
// form take the same random commands; every start, every end and every sum agree.
#include <gtest/gtest.h>

#include "hw/array/pe_array.h"
#include "tests/cosim/models.h"
#include "tests/cosim/rtl_array.h"

namespace systolith::cosim {
namespace {

class Cosimulation : public testing::TestWithParam<RtlArray> {
 protected:
  void expect_one_answer(const Sequence& sequence, std::uint64_t seed) {
    const Outcome closed_form = run_closed_form(sequence);
    const ArrayConfig& array = sequence.built.array;
    const auto pes = make_pe_array(array, dataflow_of(sequence.built)->stationary(),
                                   sequence.built.accumulator_rows);
    const auto rtl = GetParam().create();
    const Outcome stepped = run_stepped(sequence, *pes, closed_form.sums);
    const Outcome verilated = run_stepped(sequence, *rtl, closed_form.sums);
    ASSERT_EQ(differences(verilated, closed_form), "")
        << "closed form against RTL, seed " << seed << '\n'
        << to_text(sequence);
    ASSERT_EQ(differences(verilated, stepped), "") << "PE level against RTL, seed " << seed << '\n'
                                                   << to_text(sequence);
  }
};

TEST_P(Cosimulation, RandomCommandsTakeTheSameCyclesAndMakeTheSameSums) {
  for (std::uint64_t seed = 0; seed < SYSTOLITH_COSIM_CASES; ++seed) {
    Random random(seed);
    expect_one_answer(random_sequence(GetParam().built, random), seed);
    if (HasFatalFailure()) return;
  }
}

TEST_P(Cosimulation, WholeProductsTakeTheSameCyclesAndMakeTheSameSums) {
  for (std::uint64_t seed = 0; seed < SYSTOLITH_COSIM_CASES / 4; ++seed) {
    Random random(seed);
    expect_one_answer(gemm_sequence(GetParam().built, random), seed);
    if (HasFatalFailure()) return;
  }
}

// Counts by hand, on the RTL itself.
std::int64_t rtl_latency(const RtlArray& rtl, std::int64_t streamed) {
  const auto array = rtl.create();
  const Life last = run_stepped(repeated_tiles(rtl.built, 1, streamed), *array, {}).lives.back();
  return last.finish - last.start;
}

// Of streams that follow each other as closely as they can.
std::int64_t rtl_period(const RtlArray& rtl, std::int64_t streamed) {
  const auto array = rtl.create();
  const auto lives = run_stepped(repeated_tiles(rtl.built, 6, streamed), *array, {}).lives;
  const std::size_t last = lives.size() - 1, steps = lives.size() / 6;  // steps of a tile
  return lives[last].start - lives[last - steps].start;
}

class StationaryRtlCounts : public testing::TestWithParam<RtlArray> {
 protected:
  const ArrayConfig& array() const { return GetParam().built.array; }
};

TEST_P(StationaryRtlCounts, FirstInputToLastSumTakesMPlusRPlusCMinusTwoEdges) {
  for (const std::int64_t m : {1, 2, 7, 40})
    EXPECT_EQ(rtl_latency(GetParam(), m), m + array().rows + array().cols - 2) << "m=" << m;
}

TEST_P(StationaryRtlCounts, ATileFollowsEveryMaxOfMAndRAndOfMAndTwoRMinusOneThroughAChain) {
  const std::int64_t load = array().weight_load == "chain" ? 2 * array().rows - 1 : array().rows;
  for (const std::int64_t m : {1, 2, 7, 40}) {
    const std::int64_t drained = array().rows + m + array().rows + array().cols - 2;
    EXPECT_EQ(rtl_period(GetParam(), m), array().weight_buffers == 1 ? drained : std::max(m, load))
        << "m=" << m;
  }
}

class TwoPlanesOfRows : public StationaryRtlCounts {};

TEST_P(TwoPlanesOfRows, TheComparisonNoticesAnotherWeightLoad) {
  Sequence sequence = repeated_tiles(GetParam().built, 6, 1);
  const auto rtl = GetParam().create();
  const Outcome found = run_stepped(sequence, *rtl, {});
  std::string& load = sequence.built.array.weight_load;
  load = load == "chain" ? "pipelined" : "chain";
  Outcome other = run_closed_form(sequence);
  other.sums.clear();
  EXPECT_NE(differences(other, found), "");
}

class OutputRtlCounts : public testing::TestWithParam<RtlArray> {
 protected:
  const ArrayConfig& array() const { return GetParam().built.array; }
};

TEST_P(OutputRtlCounts, FirstInputToLastSumTakesKPlusTwoRPlusCMinusThreeEdges) {
  for (const std::int64_t k : {1, 2, 7, 40})
    EXPECT_EQ(rtl_latency(GetParam(), k), k + 2 * array().rows + array().cols - 3) << "k=" << k;
}

TEST_P(OutputRtlCounts, ATileFollowsEveryMaxOfKAndR) {
  for (const std::int64_t k : {1, 2, 7, 40})
    EXPECT_EQ(rtl_period(GetParam(), k), array().weight_buffers == 1
                                             ? k + 2 * array().rows + array().cols - 3
                                             : std::max(k, array().rows))
        << "k=" << k;
}

std::vector<RtlArray> arrays_where(bool (*wanted)(const Elaboration&)) {
  std::vector<RtlArray> arrays;
  for (const RtlArray& rtl : rtl_arrays())
    if (wanted(rtl.built)) arrays.push_back(rtl);
  return arrays;
}
bool holds_sums(const Elaboration& built) {
  return dataflow_of(built)->stationary() == TileOperand::sums;
}
bool is_loaded(const Elaboration& built) { return !holds_sums(built); }
// One plane, or one row, is loaded as fast either way.
bool load_matters(const Elaboration& built) {
  return is_loaded(built) && built.array.weight_buffers == 2 && built.array.rows > 1;
}
std::string name_of(const testing::TestParamInfo<RtlArray>& rtl) { return rtl.param.name; }

INSTANTIATE_TEST_SUITE_P(Rtl, StationaryRtlCounts, testing::ValuesIn(arrays_where(is_loaded)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Rtl, OutputRtlCounts, testing::ValuesIn(arrays_where(holds_sums)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Rtl, TwoPlanesOfRows, testing::ValuesIn(arrays_where(load_matters)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Rtl, Cosimulation, testing::ValuesIn(rtl_arrays()), name_of);

}  // namespace
}  // namespace systolith::cosim
