// The PE-level model and the closed form give one answer, on arrays of any size.
#include <gtest/gtest.h>

#include "hw/array/pe_array.h"
#include "tests/cosim/models.h"

namespace systolith::cosim {
namespace {

Elaboration random_elaboration(const std::string& dataflow, std::int64_t limit, Random& random) {
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  Elaboration built;
  built.array.dataflow = {dataflow};
  built.array.rows = pick(1, limit);
  built.array.cols = pick(1, limit);
  built.array.weight_buffers = pick(1, 2);
  built.array.weight_load = pick(0, 1) == 0 ? "chain" : "pipelined";
  built.packing = static_cast<Packing>(pick(0, 2));
  built.accumulator_rows = 8 * limit;
  return built;
}

void expect_equal(const Sequence& sequence, std::uint64_t seed) {
  const Outcome expected = run_closed_form(sequence);
  const auto array = make_pe_array(sequence.built.array, dataflow_of(sequence.built)->stationary(),
                                   sequence.built.accumulator_rows);
  const Outcome found = run_stepped(sequence, *array, expected.sums);
  const ArrayConfig& config = sequence.built.array;
  ASSERT_EQ(differences(expected, found), "")
      << "seed " << seed << ", " << config.rows << 'x' << config.cols << ' '
      << config.dataflow.front() << ' ' << config.weight_buffers << " planes " << config.weight_load
      << '\n'
      << to_text(sequence);
}

class PeLevel : public testing::TestWithParam<std::string> {};

TEST_P(PeLevel, EqualsTheClosedFormUpTo16x16) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const Elaboration built = random_elaboration(GetParam(), 16, random);
    expect_equal(random_sequence(built, random), seed);
    if (HasFatalFailure()) return;
  }
}

TEST_P(PeLevel, EqualsTheClosedFormUpTo256x256) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Random random(seed);
    Elaboration built = random_elaboration(GetParam(), 256, random);
    if (seed == 0) built.array.rows = built.array.cols = 256;
    expect_equal(random_sequence(built, random), seed);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Dataflow, PeLevel, testing::ValuesIn(registered_names<Dataflow>()),
                         [](const auto& dataflow) { return dataflow.param; });

}  // namespace
}  // namespace systolith::cosim
