#include "compiler/compile.h"

#include <algorithm>

#include "compiler/codegen/codegen.h"
#include "compiler/passes/lower.h"
#include "compiler/passes/passes.h"
#include "hw/base/registry.h"

namespace systolith {
namespace {

struct GraphPass {
  const char* name;
  Graph (*run)(Graph);
};
constexpr GraphPass kGraphPasses[] = {
    {"fold_constants", fold_constants},
    {"canonicalize", canonicalize},
    {"fold_batch_norm", fold_batch_norm},
};

void check_options(const Machine& machine, const CompileOptions& options) {
  const auto& known = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(known.begin(), known.end(), options.dump_pass) == known.end())
    throw UserError(unknown_name_message("compiler pass", options.dump_pass, known));
  if (options.format != Format::int8 && options.format != Format::bf16 &&
      options.format != Format::fp32)
    user_error("the compiler has no data path for {} (allowed: int8, bf16, fp32)",
               to_string(options.format));
  const Format weights = options.weights.value_or(options.format);
  if (weights != options.format && (weights != Format::int4 || options.format != Format::int8))
    user_error("the compiler has no {} weights for {} operands (allowed: int4 for int8)",
               to_string(weights), to_string(options.format));
  if (machine.supports(options.format)) {
    if (machine.multiplies(options.format, weights)) return;
    user_error(
        "the array of machine '{}' has no packed {} weights (core.datapath.packed lists what it "
        "has)",
        machine.name, to_string(weights));
  }
  std::vector<std::string_view> native;
  for (const Format format : machine.core.datapath.native) native.push_back(to_string(format));
  user_error("the array of machine '{}' has no {} datapath (has: {})", machine.name,
             to_string(options.format), fmt::join(native, ", "));
}

}  // namespace

const std::vector<std::string>& compiler_passes() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const GraphPass& pass : kGraphPasses) result.emplace_back(pass.name);
    result.insert(result.end(), {"lower", "tile"});
    return result;
  }();
  return names;
}

Compiled compile(Graph graph, const Machine& machine, const CompileOptions& options) {
  check_options(machine, options);
  const auto dump = [&](const std::string& pass, const auto& ir) {
    if (options.dump_pass == pass && options.dump) options.dump(to_text(ir));
  };
  for (const GraphPass& pass : kGraphPasses) {
    graph = pass.run(std::move(graph));
    dump(pass.name, graph);
  }
  LowerOptions lowering;
  lowering.format = options.format;
  lowering.weights = options.weights.value_or(options.format);
  lowering.calibration_seed = options.calibration_seed;
  lowering.calibration_batches = options.calibration_batches;
  lowering.can_fuse_pool = [&](const KernelGraph& kernels, const ConvKernel& conv,
                               const PoolSpec& pool) {
    return can_fuse_pool(machine, kernels, conv, pool);
  };
  Compiled compiled;
  compiled.kernels = lower(graph, lowering);
  dump("lower", compiled.kernels);
  compiled.program = generate(compiled.kernels, machine, options.with_values);
  dump("tile", compiled.kernels);
  return compiled;
}

}  // namespace systolith
