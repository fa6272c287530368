// The machine's own array and weight loader (hw/array), run as in any simulation, start and end
// every command when the RTL does.
#include <gtest/gtest.h>

#include "tests/cosim/models.h"
#include "tests/cosim/rtl_array.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith::cosim {
namespace {

// The command processor hands out one command a cycle, the first for cycle 1. A scratchpad as wide
// as the array holds no row up.
void arrive_as_on_a_machine(Sequence& sequence) {
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) {
    ArrayStep& step = sequence.steps[i];
    step.arrival = static_cast<std::int64_t>(i) + 1;
    step.held_up.assign(step.held_up.size(), 0);
  }
}

Machine machine_of(const Elaboration& built) {
  Machine machine = small_machine();
  machine.core.array = built.array;
  // Activations are held by the PEs that hold weights. On their way in they pass a transposer,
  // which the RTL leaves to who feeds it.
  machine.core.array.dataflow = {"weight_stationary"};
  machine.core.scratchpad.width = Bytes(1024);
  machine.core.scratchpad.capacity = kibibytes(1024);
  machine.core.accumulator.capacity = Bytes(built.accumulator_rows * built.array.cols * 4);
  machine.core.accumulator.banks = 1;
  return machine;
}

// What a PE multiplies in a cycle counts as one int8 element: only the time matters here.
Program program_of(const Sequence& sequence, const Machine& machine) {
  const auto dataflow = dataflow_of(sequence.built);
  ProgramBuilder build(machine);
  for (const ArrayStep& step : sequence.steps) {
    const TileShape tile = step.factors->tile();
    const auto rows = static_cast<std::int32_t>(dataflow->occupies(tile).rows);
    const auto cols = static_cast<std::int32_t>(dataflow->occupies(tile).cols);
    std::vector<CommandRef> after;
    for (const std::size_t before : step.after) after.push_back({CoreId{}, before});
    if (step.load) {
      build.add(preload(0, rows, cols), after);
      continue;
    }
    const auto streamed = static_cast<std::int32_t>(dataflow->stream(tile).count());
    Matmul op = matmul(0, streamed, rows, cols);
    op.new_weights = step.opens;
    op.accumulate = step.accumulate;
    op.accumulator_row = step.accumulator_row;
    build.add(op, after);
  }
  return build.program();
}

class OnAMachine : public testing::TestWithParam<RtlArray> {};

TEST_P(OnAMachine, CommandsStartAndEndWhenTheRtlDoes) {
  for (std::uint64_t seed = 0; seed < SYSTOLITH_COSIM_CASES; ++seed) {
    Random random(seed);
    Sequence sequence = random_sequence(GetParam().built, random);
    arrive_as_on_a_machine(sequence);
    const auto rtl = GetParam().create();
    Outcome expected, found;
    expected.lives = run_stepped(sequence, *rtl, {}).lives;

    Recorder recorder;
    RunOptions options;
    options.observer = &recorder;
    const Machine machine = machine_of(sequence.built);
    run(machine, program_of(sequence, machine), options);
    for (const Recorder::Life life : recorder.lives)
      found.lives.push_back({life.start.count(), life.finish.count()});
    ASSERT_EQ(differences(expected, found), "") << "seed " << seed << '\n' << to_text(sequence);
  }
}

std::vector<RtlArray> loaded_arrays() {
  std::vector<RtlArray> arrays;
  for (const RtlArray& rtl : rtl_arrays())
    if (dataflow_of(rtl.built)->stationary() != TileOperand::sums) arrays.push_back(rtl);
  return arrays;
}

INSTANTIATE_TEST_SUITE_P(Rtl, OnAMachine, testing::ValuesIn(loaded_arrays()),
                         [](const auto& rtl) { return rtl.param.name; });

}  // namespace
}  // namespace systolith::cosim
