// systolith run: workload to report in one go.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "compiler/kernels/interpret.h"
#include "compiler/passes/passes.h"
#include "compiler/training/training_graph.h"
#include "sim/cli/cli.h"
#include "sim/cli/compare.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/machine_options.h"
#include "sim/cli/session.h"
#include "sim/cli/tensors.h"
#include "sim/cli/workload_options.h"
#include "sim/system/tensor_values.h"

namespace systolith::cli {
namespace {

struct RunCommand {
  WorkloadOptions workload;
  MachineOptions machine;
  SessionOptions session;
};

// The machine's results are the interpreter's, bit for bit; anything else is our bug.
void check_against_interpreter(const KernelGraph& kernels, const TensorBytes& inputs,
                               const TensorBytes& outputs) {
  const CodeMap expected = interpret(kernels, inputs);
  SYSTOLITH_CHECK(expected.size() == outputs.size(), "{} outputs expected, {} simulated",
                  expected.size(), outputs.size());
  for (const auto& [name, codes] : expected) {
    const auto simulated = outputs.find(name);
    SYSTOLITH_CHECK(simulated != outputs.end(), "output '{}' was not simulated", name);
    const auto difference = std::mismatch(codes.begin(), codes.end(), simulated->second.begin(),
                                          simulated->second.end());
    SYSTOLITH_CHECK(codes == simulated->second,
                    "output '{}' differs from the reference interpreter's at byte {} of {}", name,
                    difference.first - codes.begin(), codes.size());
  }
  fmt::print("values: every output equals the reference interpreter's, bit for bit\n");
}

TensorMap typed_inputs(const Graph& graph, const TensorMap& inputs) {
  TensorMap given;
  for (const Value& input : graph.inputs)
    given[input.name] = as_type(input.name, inputs.at(input.name), input.type);
  return given;
}

void print_agreement(const TensorMap& simulated, const TensorMap& reference) {
  for (const auto& [name, tensor] : reference) {
    const Agreement agreement = compare(simulated.at(name), tensor);
    fmt::print("values: {}: against the fp32 network: top-1 {}/{} the same, cosine {:.6f}\n", name,
               agreement.top1, agreement.entries, agreement.cosine);
  }
}

// A model that is quantised already: against what its operators are defined to compute.
void print_equality(const TensorMap& simulated, const TensorMap& reference) {
  for (const auto& [name, tensor] : reference) {
    const Tensor expected = as_type(name, tensor, DataType::float32);
    const std::vector<float>& values = simulated.at(name).floats;
    std::size_t equal = 0;
    float furthest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      equal += values[i] == expected.floats.at(i) ? 1 : 0;
      furthest = std::max(furthest, std::fabs(values[i] - expected.floats[i]));
    }
    fmt::print("values: {}: against the operators' definition: {} of {} equal, furthest {}\n", name,
               equal, values.size(), furthest);
  }
}

// States that are given replace what the graph begins with.
void print_training(Graph forward, const TrainingOptions& options, const TensorMap& inputs,
                    const TensorMap& outputs) {
  TrainingGraph training = make_training_graph(std::move(forward), options);
  TensorMap given = typed_inputs(training.graph, inputs);
  for (const StateBinding& state : training.graph.states)
    if (const auto found = inputs.find(state.state); found != inputs.end()) {
      Tensor& constant = training.graph.constants.at(state.state);
      constant = as_type(state.state, found->second, constant.type);
    }
  const TensorMap reference = evaluate(training.graph, given);
  fmt::print("values: loss {:.6f}, of the fp32 graph {:.6f}\n",
             outputs.at(training.loss).floats.at(0), reference.at(training.loss).floats.at(0));
}

void execute(const RunCommand& command) {
  Session session(command.session);
  CompileOptions options = command_line_options(command.workload);
  options.with_values = command.session.values;
  const Machine machine = read(command.machine);
  const Graph graph = load(command.workload);
  stop_if_interrupted();
  const Compiled compiled = compile(graph, machine, options);
  session.clock().compiled();
  const ProgramHeader& header = compiled.program.header;
  ProgramSource source(compiled.program);
  if (!command.session.values) {
    session.simulate(machine, source, {});
  } else {
    const TensorMap inputs = program_inputs(header, command.session.inputs, command.session.states,
                                            command.session.seed);
    const TensorBytes codes = input_codes(header, inputs, "--inputs");
    const RunResult result = session.simulate(machine, source, codes);
    check_against_interpreter(compiled.kernels, codes, result.outputs);
    const TensorMap outputs = output_values(header, result.outputs);
    if (options.training)
      print_training(graph, *options.training, inputs, outputs);
    else if (quantized_node(graph) != nullptr)
      print_equality(outputs, evaluate(graph, typed_inputs(graph, inputs)));
    else
      print_agreement(outputs, evaluate(graph, typed_inputs(graph, inputs)));
    session.keep_outputs(outputs);
  }
  session.finish();
}

}  // namespace

void add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Compile a workload, simulate it and report");
  auto options = std::make_shared<RunCommand>();
  add_workload(*command, options->workload);
  add_machine_options(*command, options->machine);
  add_compile_options(*command, options->workload);
  add_session_options(*command, options->session);
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
