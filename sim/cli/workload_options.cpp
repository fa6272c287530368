#include "sim/cli/workload_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "hw/base/registry.h"
#include "models/onnx/onnx.h"
#include "models/zoo/zoo.h"

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
  command.add_option("--mode", options.mode, "What to compile: inference")->type_name("MODE");
  command
      .add_option("--quantize", options.quantize,
                  "Post-training quantisation: int8, int8xint4 (int8 "
                  "activations, int4 weights) or none")
      ->type_name("FORMAT");
  command
      .add_option("--format", options.format,
                  "With --quantize none: bf16 (which it also is "
                  "where not given) or fp32")
      ->type_name("FORMAT");
  command.add_option("--dump", options.dump_pass, "Print the IR after this pass to stdout")
      ->type_name("PASS");
}

CompileOptions compile_options(const WorkloadOptions& options) {
  check_available("--mode", options.mode, {"inference"});
  check_available("--quantize", options.quantize, {"int8", "int8xint4", "none"});
  CompileOptions compile;
  if (options.quantize == "none") {
    const std::string format = options.format.empty() ? "bf16" : options.format;
    check_available("--format", format, {"bf16", "fp32"});
    compile.format = format_from_name(format);
  } else if (!options.format.empty()) {
    user_error("--format {} needs --quantize none (--quantize is {})", options.format,
               options.quantize);
  }
  const auto& passes = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(passes.begin(), passes.end(), options.dump_pass) == passes.end())
    throw UserError(unknown_name_message("pass", options.dump_pass, passes));
  if (options.quantize == "int8xint4") compile.weights = Format::int4;
  compile.dump_pass = options.dump_pass;
  compile.dump = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
  return compile;
}

Graph load(const WorkloadOptions& options) {
  return load_workload(options.workload, options.batch);
}

}  // namespace systolith::cli
