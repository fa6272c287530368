#include "sim/cli/workload_options.h"

#include <cstdio>

#include "sim/cli/interrupt.h"
#include "sim/cli/npz.h"

namespace systolith::cli {

void add_workload(CLI::App& command, WorkloadOptions& options) {
  command
      .add_option("workload", options.workload,
                  "An .onnx file, or a zoo model with parameters such as resnet50:classes=10")
      ->type_name("WORKLOAD")
      ->required();
  command.add_option("--batch", options.batch, "Images (or sequences) at once")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{65536}));
}

void add_compile_options(CLI::App& command, WorkloadOptions& options) {
  command
      .add_option("--mode", options.mode,
                  "What to compile: inference, or training (one step: forward, backward, update)")
      ->type_name("MODE");
  command
      .add_option("--quantize", options.quantize,
                  "Post-training quantisation: int8 (the default of inference), int8xint4 (int8 "
                  "activations, int4 weights), int4 (both int4), int16, int16xint8 (int16 "
                  "activations, int8 weights) or none (training's)")
      ->type_name("FORMAT");
  command
      .add_option("--sparsity", options.sparsity,
                  "Prune weights to N:M sparsity, such as 2:4: of every M input channels the N "
                  "largest stay (core.array.sparsity of the machine lists what its array takes)")
      ->type_name("N:M");
  command
      .add_option("--calibration", options.calibration,
                  "Arrays by input name, of one or more batches, whose values the quantisation's "
                  "ranges are taken from (default: seeded)")
      ->type_name("FILE.npz");
  command
      .add_option("--format", options.format,
                  "With --quantize none: bf16 (which it also is where not given), fp16, fp32, "
                  "fp8_e4m3 or fp8_e5m2; training's: bf16 or fp32")
      ->type_name("FORMAT");
  command
      .add_option("--weights", options.weights,
                  "With --quantize none: the float format of the weights where it is not that of "
                  "--format; they are cast, not scaled")
      ->type_name("FORMAT");
  command
      .add_option("--optimizer", options.optimizer,
                  "With --mode training: how parameters follow their gradients (default: momentum)")
      ->type_name("NAME");
  command
      .add_option("--learning-rate", options.learning_rate,
                  "With --mode training: the optimiser's (default: 0.01)")
      ->type_name("RATE")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--remat", options.remat,
                  "With --mode training: which activations are kept and which computed again "
                  "(default: keep_all)")
      ->type_name("POLICY");
  command
      .add_option("--dram-budget", options.dram_budget,
                  "Refuse to compile what needs more DRAM, such as 64MiB")
      ->type_name("SIZE");
  command.add_flag("--quantize-outputs", options.quantize_outputs,
                   "Store the network's outputs in the array's format, as a next layer would find "
                   "them, not in fp32");
  command.add_flag("--float-inputs", options.float_inputs,
                   "Take the network's inputs in fp32 and quantise them on the chip");
  command
      .add_option("--mapping", options.mapping,
                  "Cut and order the layers that this file names as it says, not as the compiler "
                  "would")
      ->type_name("FILE.yaml");
  command.add_option("--dump", options.dump_pass, "Print the IR after this pass to stdout")
      ->type_name("PASS");
}

CompileOptions command_line_options(const WorkloadOptions& options) {
  CompileOptions compile = compile_options(options);
  compile.poll = stop_if_interrupted;
  if (!options.calibration.empty()) compile.calibration = read_npz(options.calibration);
  compile.dump = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
  return compile;
}

}  // namespace systolith::cli
