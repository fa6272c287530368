#include "sim/system/workload.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/remat/remat_policy.h"
#include "hw/arch/quantity_text.h"
#include "hw/base/registry.h"
#include "models/onnx/onnx.h"

namespace systolith {
namespace {

void check_available(const std::string& option, const std::string& value,
                     const std::vector<std::string>& available) {
  if (std::find(available.begin(), available.end(), value) == available.end())
    user_error("{} {} is not available (allowed: {})", option, value, fmt::join(available, ", "));
}

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

Sparsity parse_sparsity(const std::string& text) {
  check_available("--sparsity", text, sparsity_names());
  return sparsity_from_name(text);
}

void set_formats(const WorkloadOptions& options, CompileOptions& compile) {
  const bool training = compile.training.has_value();
  const std::string quantize = !options.quantize.empty() ? options.quantize
                               : training                ? "none"
                                                         : "int8";
  check_available("--quantize", quantize,
                  {"int8", "int8xint4", "int4", "int16", "int16xint8", "none"});
  if (training && quantize != "none")
    user_error("--quantize {} is post-training: --mode training takes none", quantize);
  if (quantize != "none") {
    for (const auto& [name, given] :
         {std::pair{"--format", options.format}, std::pair{"--weights", options.weights}})
      if (!given.empty())
        user_error("{} {} needs --quantize none (--quantize is {})", name, given, quantize);
    const std::size_t cross = quantize.find('x');
    compile.format = format_from_name(quantize.substr(0, cross));
    if (cross != std::string::npos) compile.weights = format_from_name(quantize.substr(cross + 1));
    return;
  }
  static const std::vector<std::string> floats = {"bf16", "fp16", "fp32", "fp8_e4m3", "fp8_e5m2"};
  const std::string format = options.format.empty() ? "bf16" : options.format;
  check_available("--format", format, floats);
  compile.format = format_from_name(format);
  if (options.weights.empty()) return;
  check_available("--weights", options.weights, floats);
  compile.weights = format_from_name(options.weights);
}

}  // namespace

CompileOptions compile_options(const WorkloadOptions& options) {
  check_available("--mode", options.mode, {"inference", "training"});
  CompileOptions compile;
  if (options.mode == "training")
    compile.training = training_options(options);
  else
    refuse_training_options(options);
  set_formats(options, compile);
  if (!options.sparsity.empty()) compile.sparsity = parse_sparsity(options.sparsity);
  if (!options.dram_budget.empty()) compile.dram_budget = parse_budget(options.dram_budget);
  compile.quantize_outputs = options.quantize_outputs;
  compile.float_inputs = options.float_inputs;
  if (!options.mapping.empty()) compile.mapping = read_mapping(options.mapping);
  const auto& passes = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(passes.begin(), passes.end(), options.dump_pass) == passes.end())
    throw UserError(unknown_name_message("pass", options.dump_pass, passes));
  compile.dump_pass = options.dump_pass;
  return compile;
}

Graph load(const WorkloadOptions& options) {
  return load_workload(options.workload, options.batch);
}

}  // namespace systolith
