#include "sim/cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include "sim/cli/interrupt.h"
#include "sim/cli/npz.h"
#include "sim/report/json.h"
#include "sim/report/progress.h"
#include "sim/report/tables.h"
#include "sim/report/timeline_observer.h"

namespace systolith::cli {
namespace {

constexpr const char* kReportFile = "report.json";
constexpr const char* kTimelineFile = "timeline.json";
constexpr const char* kOutputsFile = "outputs.npz";

ProgressLine::Style progress_style(const SessionOptions& options) {
  if (isatty(STDERR_FILENO) != 0) return ProgressLine::Style::redrawn;
  return options.progress ? ProgressLine::Style::lines : ProgressLine::Style::hidden;
}

}  // namespace

void add_session_options(CLI::App& command, SessionOptions& options) {
  auto* values = command.add_flag("--values", options.values, "Compute real data, not only time");
  command.add_option("--inputs", options.inputs, "Arrays by input name (default: seeded)")
      ->type_name("FILE.npz")
      ->needs(values);
  command
      .add_option("--states", options.states,
                  "What a training step begins with: an earlier one's outputs.npz")
      ->type_name("FILE.npz")
      ->needs(values);
  command.add_option("--seed", options.seed, "Seed of the generated inputs");
  command.add_option("--out", options.out, "Directory for report, timeline and outputs")
      ->type_name("DIR");
  command.add_option("--vcd", options.vcd, "Write a waveform of engines, queues and buses")
      ->type_name("FILE");
  command.add_flag("--progress", options.progress, "Show progress where stderr is no terminal too");
}

Session::Session(const SessionOptions& options) : options_(options) {
  if (!options.out.empty())
    out_.emplace(options.out, std::vector<std::string>{kReportFile, kTimelineFile, kOutputsFile});
  if (!options.vcd.empty()) vcd_.emplace(options.vcd);
}

RunResult Session::simulate(const Machine& machine, CommandSource& program,
                            const TensorBytes& inputs) {
  stop_if_interrupted();
  RunOptions options;
  options.values = options_.values;
  if (vcd_) options.vcd = vcd_->staging().string();
  RunResult result;
  {
    ProgressLine line(program.header().workload, progress_style(options_));
    options.progress = [&line](Cycles now, double fraction) {
      line.update(now, fraction);
      return !interrupted();
    };
    result = simulate_with_timeline(machine, program, options, inputs);
  }
  const HostReport host = clock_.report();
  const Report report = make_report(machine, program.header(), result);
  fmt::print("{}", to_text(report));
  if (out_) out_->write(kReportFile, to_json(report, host));
  return result;
}

RunResult Session::simulate_with_timeline(const Machine& machine, CommandSource& program,
                                          RunOptions& options, const TensorBytes& inputs) {
  if (!out_) return systolith::simulate(machine, program, options, inputs);
  TimelineObserver observer(out_->file(kTimelineFile).string(), program.header(), machine);
  options.observer = &observer;
  RunResult result = systolith::simulate(machine, program, options, inputs);
  observer.close(result.bandwidth);
  return result;
}

void Session::keep_outputs(const TensorMap& outputs) {
  if (out_) write_npz(out_->file(kOutputsFile).string(), outputs);
}

void Session::finish() {
  stop_if_interrupted();
  if (out_) {
    out_->commit();
    fmt::print("results in {}\n", options_.out);
  }
  if (vcd_) vcd_->commit();
}

}  // namespace systolith::cli
