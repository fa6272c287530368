#include "compiler/compile.h"

#include <algorithm>
#include <limits>

#include "compiler/codegen/codegen.h"
#include "compiler/passes/lower.h"
#include "compiler/passes/passes.h"
#include "compiler/quantize/prune.h"
#include "compiler/remat/remat_policy.h"
#include "compiler/training/place_updates.h"
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

void check_options(const Machine& machine, const CompileOptions& options) {
  const auto& known = compiler_passes();
  if (!options.dump_pass.empty() &&
      std::find(known.begin(), known.end(), options.dump_pass) == known.end())
    throw UserError(unknown_name_message("compiler pass", options.dump_pass, known));
  constexpr Format kDataPaths[] = {Format::int8, Format::int4, Format::bf16, Format::fp32};
  if (std::find(std::begin(kDataPaths), std::end(kDataPaths), options.format) ==
      std::end(kDataPaths))
    user_error("the compiler has no data path for {} (allowed: int8, int4, bf16, fp32)",
               to_string(options.format));
  if (options.training && !is_float(options.format))
    user_error("training has no {} data path (allowed: bf16, fp32)", to_string(options.format));
  const ArrayConfig& array = machine.core.array;
  if (options.training && !array.allows("weight_stationary"))
    user_error(
        "training needs an array that is weight_stationary; that of machine '{}' is {} "
        "(core.array.dataflow takes a list)",
        machine.name, fmt::join(array.dataflow, ", "));
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
  if (options.calibration && is_float(options.format))
    user_error("calibration samples are for quantisation; the format is {}",
               to_string(options.format));
  const Format weights = options.weights.value_or(options.format);
  if (weights != options.format && (weights != Format::int4 || options.format != Format::int8))
    user_error("the compiler has no {} weights for {} operands (allowed: int4 for int8)",
               to_string(weights), to_string(options.format));
  const Format native = options.format == Format::int4 ? Format::int8 : options.format;
  if (machine.supports(native)) {
    if (machine.multiplies(options.format, weights)) return;
    user_error(
        "the array of machine '{}' has no packed {} operands (core.datapath.packed lists what it "
        "has)",
        machine.name, to_string(weights));
  }
  std::vector<std::string_view> names;
  for (const Format format : machine.core.datapath.native) names.push_back(to_string(format));
  user_error("the array of machine '{}' has no {} datapath (has: {})", machine.name,
             to_string(native), fmt::join(names, ", "));
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
  lowering.poll = options.poll;
  lowering.calibration_seed = options.calibration_seed;
  lowering.calibration_batches = options.calibration_batches;
  lowering.can_fuse_pool = [&](const KernelGraph& kernels, const ConvKernel& conv,
                               const PoolSpec& pool) {
    return can_fuse_pool(machine, kernels, conv, pool);
  };
  compiled.kernels = lower(graph, lowering);
  dump("lower", [&] { return to_text(compiled.kernels); });
  compiled.program = generate(compiled.kernels, machine, options.with_values, options.poll);
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
