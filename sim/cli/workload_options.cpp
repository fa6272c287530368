#include "sim/cli/workload_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "compiler/remat/remat_policy.h"
#include "hw/arch/quantity_text.h"
#include "hw/base/registry.h"
#include "models/onnx/onnx.h"
#include "models/zoo/zoo.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/npz.h"

namespace systolith::cli {
namespace {

void check_available(const std::string& option, const std::string& value,
                     const std::vector<std::string>& available) {
  if (std::find(available.begin(), available.end(), value) == available.end())
    user_error("{} {} is not available (allowed: {})", option, value, fmt::join(available, ", "));
}

}  // namespace

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
                  "activations, int4 weights) or none (training's)")
      ->type_name("FORMAT");
  command
      .add_option("--calibration", options.calibration,
                  "Arrays by input name, of one or more batches, whose values the quantisation's "
                  "ranges are taken from (default: seeded)")
      ->type_name("FILE.npz");
  command
      .add_option("--format", options.format,
                  "With --quantize none: bf16 (which it also is "
                  "where not given) or fp32")
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
  command.add_option("--dump", options.dump_pass, "Print the IR after this pass to stdout")
      ->type_name("PASS");
}

namespace {

void refuse_training_options(const WorkloadOptions& options) {
  const std::pair<const char*, bool> given[] = {{"--optimizer", !options.optimizer.empty()},
                                                {"--remat", !options.remat.empty()},
                                                {"--learning-rate", options.learning_rate != 0}};
  for (const auto& [name, is_given] : given)
    if (is_given) user_error("{} needs --mode training (--mode is {})", name, options.mode);
}

TrainingOptions training_options(const WorkloadOptions& options) {
  TrainingOptions training;
  if (!options.optimizer.empty()) training.optimizer = options.optimizer;
  if (!options.remat.empty()) training.remat = options.remat;
  if (options.learning_rate != 0)
    training.settings.learning_rate = static_cast<float>(options.learning_rate);
  registration<Optimizer>(training.optimizer);  // unknown names are reported before any work
  registration<RematPolicy>(training.remat);
  return training;
}

Bytes parse_budget(const std::string& text) {
  try {
    constexpr std::int64_t kMost = std::int64_t{1} << 50;
    return Bytes(parse_quantity(text, size_units(), {1, kMost, false}));
  } catch (const UserError& error) {
    user_error("--dram-budget {}: {}", text, error.what());
  }
}

void set_formats(const WorkloadOptions& options, CompileOptions& compile) {
  const bool training = compile.training.has_value();
  const std::string quantize = !options.quantize.empty() ? options.quantize
                               : training                ? "none"
                                                         : "int8";
  check_available("--quantize", quantize, {"int8", "int8xint4", "none"});
  if (training && quantize != "none")
    user_error("--quantize {} is post-training: --mode training takes none", quantize);
  if (quantize == "int8xint4") compile.weights = Format::int4;
  if (quantize != "none") {
    if (!options.format.empty())
      user_error("--format {} needs --quantize none (--quantize is {})", options.format, quantize);
    return;
  }
  const std::string format = options.format.empty() ? "bf16" : options.format;
  check_available("--format", format, {"bf16", "fp32"});
  compile.format = format_from_name(format);
}

}  // namespace

CompileOptions compile_options(const WorkloadOptions& options) {
  check_available("--mode", options.mode, {"inference", "training"});
  CompileOptions compile;
  compile.poll = stop_if_interrupted;
  if (options.mode == "training")
    compile.training = training_options(options);
  else
    refuse_training_options(options);
  set_formats(options, compile);
  if (!options.calibration.empty()) compile.calibration = read_npz(options.calibration);
  if (!options.dram_budget.empty()) compile.dram_budget = parse_budget(options.dram_budget);
  const auto& passes = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(passes.begin(), passes.end(), options.dump_pass) == passes.end())
    throw UserError(unknown_name_message("pass", options.dump_pass, passes));
  compile.dump_pass = options.dump_pass;
  compile.dump = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
  return compile;
}

Graph load(const WorkloadOptions& options) {
  return load_workload(options.workload, options.batch);
}

}  // namespace systolith::cli
