// Running programs.
#include <pybind11/stl.h>

#include <chrono>
#include <mutex>
#include <optional>

#include "python/src/bindings.h"
#include "python/src/program.h"
#include "sim/report/json.h"
#include "sim/report/tables.h"
#include "sim/report/timeline_observer.h"
#include "sim/system/simulate.h"
#include "sim/system/tensor_values.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

// One run at a time: the SystemC kernel is the process's. Ctrl-C is answered while waiting for
// another thread's run.
std::unique_lock<std::timed_mutex> take_kernel() {
  static std::timed_mutex mutex;
  constexpr std::chrono::milliseconds kPatience{30};
  std::unique_lock lock(mutex, std::defer_lock);
  while (!lock.try_lock_for(kPatience)) check_signals();
  return lock;
}

struct Outcome {
  RunResult result;
  std::string json, text;
};

using Progress = std::function<void(std::int64_t cycle, double fraction)>;

Outcome run(const CompiledProgram& program, const Machine& machine, bool values,
            const TensorBytes& inputs, const std::string& timeline, const Progress& progress) {
  const auto lock = take_kernel();
  const ProgramHeader& header = program.program.header;
  ProgramSource source(program.program);
  RunOptions options;
  options.values = values;
  std::optional<TimelineObserver> observer;
  if (!timeline.empty()) options.observer = &observer.emplace(timeline, header, machine);
  options.progress = [&](Cycles now, double fraction) {
    check_signals();
    if (progress) progress(now.count(), fraction);
    return true;
  };
  Outcome outcome;
  outcome.result = simulate(machine, source, options, inputs);
  if (observer) observer->close(outcome.result.bandwidth);
  const Report report = make_report(machine, header, outcome.result);
  outcome.json = to_json(report, {});
  outcome.text = to_text(report);
  return outcome;
}

// (report as JSON, report as text, values of outputs and states)
py::tuple simulated(const CompiledProgram& program, const Machine& machine, bool values,
                    const py::dict& arrays, const std::string& timeline,
                    const py::object& progress) {
  const ProgramHeader& header = program.program.header;
  TensorBytes inputs;
  if (values) {
    if (!program.has_values) user_error("the program holds no values; compile it with values=True");
    inputs = input_codes(header, tensors_from(arrays), "inputs");
  }
  Progress report_progress;
  if (!progress.is_none())
    report_progress = [&](std::int64_t cycle, double fraction) {
      const py::gil_scoped_acquire gil;
      progress(cycle, fraction);
    };
  Outcome outcome;
  {
    const py::gil_scoped_release release;
    outcome = run(program, machine, values, inputs, timeline, report_progress);
  }
  const TensorMap outputs = values ? output_values(header, outcome.result.outputs) : TensorMap{};
  return py::make_tuple(outcome.json, outcome.text, arrays_from(outputs));
}

}  // namespace

std::mutex& run_mutex() {
  static std::mutex mutex;
  return mutex;
}

void register_simulation(py::module_& module) { module.def("simulate", &simulated); }

}  // namespace systolith::python
