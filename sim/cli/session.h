// What `run` and `exec` share: a program is there; simulate it, show the report, leave the results.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "hw/arch/machine.h"
#include "models/graph/graph.h"
#include "sim/cli/host_clock.h"
#include "sim/cli/output.h"
#include "sim/system/simulate.h"

namespace systolith::cli {

struct SessionOptions {
  bool values = false;
  bool progress = false;  // also where stderr is not a terminal
  std::string out;
  std::string vcd;
  std::string inputs;      // .npz; empty: seeded
  std::string states;      // .npz; empty: as the program has them
  std::uint64_t seed = 0;  // of the inputs
};

void add_session_options(CLI::App& command, SessionOptions& options);

class Session {
 public:
  // Refuses output places that can't be written, before any work is done.
  explicit Session(const SessionOptions& options);

  HostClock& clock() { return clock_; }
  // `inputs` are codes; empty without values. Prints the report; results wait for finish().
  RunResult simulate(const Machine& machine, CommandSource& program, const TensorBytes& inputs);
  void keep_outputs(const TensorMap& outputs);
  // Everything succeeded: the results appear in their final places.
  void finish();

 private:
  RunResult simulate_with_timeline(const Machine& machine, CommandSource& program,
                                   RunOptions& options, const TensorBytes& inputs);

  const SessionOptions& options_;
  HostClock clock_;
  std::optional<OutputDirectory> out_;
  std::optional<OutputFile> vcd_;
};

}  // namespace systolith::cli
