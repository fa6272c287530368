#include "compiler/compile.h"

#include <algorithm>
#include <limits>

#include "compiler/codegen/codegen.h"
#include "compiler/passes/host_inputs.h"
#include "compiler/passes/lower.h"
#include "compiler/passes/passes.h"
#include "compiler/quantize/prune.h"
#include "compiler/remat/remat_policy.h"
#include "compiler/training/place_updates.h"
#include "hw/arch/level_paths.h"
#include "hw/arch/logical_cores.h"
#include "hw/base/registry.h"

namespace systolith {
namespace {

struct GraphPass {
  const char* name;
  Graph (*run)(Graph);
};
constexpr GraphPass kGraphPasses[] = {
    {"fold_constants", fold_constants},
    {"adopt_quantization", adopt_quantization},
    {"canonicalize", canonicalize},
    {"fold_batch_norm", fold_batch_norm},
};

std::string names_of(const std::vector<Format>& formats) {
  std::vector<std::string_view> names;
  for (const Format format : formats) names.push_back(to_string(format));
  return fmt::format("{}", fmt::join(names, ", "));
}

bool is_among(const std::vector<Format>& formats, Format format) {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

// What weights the compiler makes for operands.
std::vector<Format> weights_for(Format operands) {
  if (operands == Format::int8) return {Format::int4, Format::int8};
  if (operands == Format::int16) return {Format::int16, Format::int8};
  if (operands == Format::int4) return {Format::int4};
  return {Format::bf16, Format::fp16, Format::fp32, Format::fp8_e4m3, Format::fp8_e5m2};
}

void check_formats(const CompileOptions& options) {
  const Format format = options.format;
  static const std::vector<Format> known = {Format::int8,     Format::int16,   Format::int4,
                                            Format::bf16,     Format::fp16,    Format::fp32,
                                            Format::fp8_e4m3, Format::fp8_e5m2};
  if (!is_among(known, format))
    user_error("the compiler has no data path for {} (allowed: {})", to_string(format),
               names_of(known));
  static const std::vector<Format> trained = {Format::bf16, Format::fp32};
  if (options.training && !is_among(trained, format))
    user_error("training has no {} data path (allowed: {})", to_string(format), names_of(trained));
  const Format weights = options.weights.value_or(format);
  if (options.training && weights != format)
    user_error("training has no {} weights for {} operands (allowed: {})", to_string(weights),
               to_string(format), to_string(format));
  if (options.calibration && is_float(format))
    user_error("calibration samples are for quantisation; the format is {}", to_string(format));
  const std::vector<Format> allowed = weights_for(format);
  if (!is_among(allowed, weights))
    user_error("the compiler has no {} weights for {} operands (allowed: {})", to_string(weights),
               to_string(format), names_of(allowed));
}

void check_datapath(const Machine& machine, Format format, Format weights) {
  if (machine.multiplies(format, weights)) return;
  for (const Format operand : {format, weights}) {
    const Format native = operand == Format::int4 ? Format::int8 : operand;
    if (!machine.supports(native))
      user_error("the array of machine '{}' has no {} datapath (has: {})", machine.name,
                 to_string(native), names_of(machine.core.datapath.native));
  }
  user_error(
      "the array of machine '{}' has no packed {} operands (core.datapath.packed lists what it "
      "has)",
      machine.name, to_string(weights));
}

void check_options(const Machine& machine, const CompileOptions& options) {
  const auto& known = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(known.begin(), known.end(), options.dump_pass) == known.end())
    throw UserError(unknown_name_message("compiler pass", options.dump_pass, known));
  check_formats(options);
  const ArrayConfig& array = machine.core.array;
  if (options.training && !array.allows("weight_stationary"))
    user_error(
        "training needs an array that is weight_stationary; that of machine '{}' is {} "
        "(core.array.dataflow takes a list)",
        machine.name, fmt::join(array.dataflow, ", "));
  if (options.training && options.quantize_outputs)
    user_error("training has no quantised outputs (its losses and gradients are real numbers)");
  if (options.training && options.float_inputs)
    user_error("training has no quantised inputs that float ones could be brought for");
  if (options.training && options.sparsity)
    user_error("training has no sparse weights (sparsity is {})", to_string(*options.sparsity));
  if (options.sparsity && !array.takes(*options.sparsity))
    user_error(
        "the array of machine '{}' takes no {} sparse weights (core.array.sparsity: {})",
        machine.name, to_string(*options.sparsity),
        array.sparsity.empty() ? "none" : fmt::format("{}", fmt::join(array.sparsity, ", ")));
  if (options.sparsity && !array.allows("weight_stationary"))
    user_error("sparse weights need an array that is weight_stationary; that of machine '{}' is {}",
               machine.name, fmt::join(array.dataflow, ", "));
  check_datapath(machine, options.format, options.weights.value_or(options.format));
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

namespace {

using Dump = std::function<void(const std::string& pass, const std::function<std::string()>& ir)>;

Graph run_graph_passes(Graph graph, bool training, const Dump& dump) {
  for (const GraphPass& pass : kGraphPasses) {
    if (training && pass.run == fold_batch_norm) continue;
    graph = pass.run(std::move(graph));
    dump(pass.name, [&] { return to_text(graph); });
  }
  return graph;
}

// One step of training as the graph, and what is known of it.
Graph make_training(Graph forward, const TrainingOptions& options, Compiled& compiled,
                    LowerOptions& lowering) {
  TrainingGraph training = make_training_graph(std::move(forward), options);
  compiled.labels = training.labels;
  compiled.loss = training.loss;
  compiled.gradients = std::move(training.gradients);
  place_updates(training.graph, training.phases);
  for (const auto& [node, phase] : training.phases)
    lowering.phases[node] = std::string(to_string(phase));
  return std::move(training.graph);
}

Compiled compile_unbounded(Graph graph, const Machine& machine, const CompileOptions& options) {
  const Dump dump = [&](const std::string& pass, const std::function<std::string()>& ir) {
    if (options.dump_pass == pass && options.dump) options.dump(ir());
  };
  Compiled compiled;
  LowerOptions lowering;
  if (options.training)
    graph = make_training(std::move(graph), *options.training, compiled, lowering);
  graph = run_graph_passes(std::move(graph), options.training.has_value(), dump);
  if (options.sparsity) graph = prune(std::move(graph), *options.sparsity);
  lowering.format = options.format;
  lowering.weights = options.weights;
  lowering.calibration = options.calibration;
  lowering.quantize_outputs = options.quantize_outputs;
  lowering.float_inputs = options.float_inputs;
  lowering.poll = options.poll;
  lowering.calibration_seed = options.calibration_seed;
  lowering.calibration_batches = options.calibration_batches;
  lowering.can_fuse_pool = [&](const KernelGraph& kernels, const ConvKernel& conv,
                               const PoolSpec& pool) {
    return options.mapping.layers.empty() && can_fuse_pool(machine, kernels, conv, pool);
  };
  compiled.kernels = lower(graph, lowering);
  if (std::any_of(machine.memory.begin(), machine.memory.end(), is_host))
    bring_host_inputs(compiled.kernels);
  dump("lower", [&] { return to_text(compiled.kernels); });
  compiled.program =
      generate(compiled.kernels, machine, options.with_values, options.mapping, options.poll);
  dump("tile", [&] { return to_text(compiled.kernels); });
  return compiled;
}

// The least DRAM that any policy of recomputing activations needs: its bytes and name.
std::pair<std::int64_t, std::string> least_memory(const Graph& graph, const Machine& machine,
                                                  CompileOptions options) {
  std::pair<std::int64_t, std::string> least{std::numeric_limits<std::int64_t>::max(), ""};
  options.dump_pass.clear();
  options.with_values = false;
  for (const auto* policy : registrations<RematPolicy>()) {
    options.training->remat = std::string(policy->name);
    const Compiled compiled = compile_unbounded(graph, machine, options);
    least = std::min(least, {compiled.program.header.memory.dram_bytes, options.training->remat});
  }
  return least;
}

// A model's own quantisation leaves nothing to choose.
void check_quantized(const Graph& graph, const CompileOptions& options) {
  const Node* node = quantized_node(graph);
  if (node == nullptr) return;
  const std::string what = fmt::format("'{}' is quantised already (node '{}' is a {})", graph.name,
                                       node->name, node->op);
  if (options.training) user_error("{}: it can't be trained", what);
  if (options.format != Format::int8 || options.weights.value_or(Format::int8) != Format::int8)
    user_error("{}: it runs on the int8 datapath only, not as {}", what,
               to_string(options.format == Format::int8 ? *options.weights : options.format));
  if (options.calibration) user_error("{}: calibration samples have no use", what);
  if (options.sparsity) user_error("{}: its weights can't be pruned", what);
  if (options.quantize_outputs) user_error("{}: its outputs are what it says they are", what);
  if (options.float_inputs) user_error("{}: its inputs are what it says they are", what);
}

}  // namespace

Compiled compile(Graph graph, const Machine& target, const CompileOptions& options) {
  const Machine machine = logical_machine(target);
  check_options(machine, options);
  check_quantized(graph, options);
  const std::int64_t capacity = machine.dram.capacity().count();
  const std::int64_t room =
      std::min(options.dram_budget.value_or(Bytes(capacity)).count(), capacity);
  Graph kept;
  if (options.training) kept = graph;
  Compiled compiled = compile_unbounded(std::move(graph), machine, options);
  const std::int64_t needed = compiled.program.header.memory.dram_bytes;
  if (needed <= room) return compiled;
  const std::string& name = compiled.program.header.workload;
  if (!options.training)
    user_error("'{}' needs {} bytes of DRAM, there are {}", name, needed, room);
  const auto [least, policy] = least_memory(kept, machine, options);
  user_error(
      "a training step of '{}' needs {} bytes of DRAM with remat {}, there are {}; the least "
      "that would do is {} (remat {})",
      name, needed, options.training->remat, room, least, policy);
}

}  // namespace systolith
