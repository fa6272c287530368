#include <algorithm>
#include <optional>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/context.h"
#include "compiler/codegen/sparse_weights.h"
#include "compiler/tiling/conv_tiling.h"
#include "compiler/tiling/mapped_tiling.h"
#include "compiler/tiling/weight_grad_tiling.h"

namespace systolith {
namespace {

// Everything that is decided before code is written.
struct Plan {
  Placement placement;
  std::vector<std::optional<ConvTiling>> tilings;  // by kernel; none for other kinds
  std::vector<std::optional<WeightGradTiling>> weight_grads;
  double cost = 0;  // estimated cycles of the whole program
};

TileBudget tile_budget(const Machine& machine, std::int64_t streaming_bytes) {
  return {streaming_bytes, std::max<std::int64_t>(machine.core.accumulator_rows() / 2, 1),
          machine.core.weight_scratchpad.capacity.count()};
}

bool is_resident(const KernelGraph& graph, const Placement& placement, TensorId id) {
  return placement.homes[static_cast<std::size_t>(graph.tensor(id).storage)].place ==
         Place::scratchpad;
}

// Cycles of a kernel that only moves and maps: its bytes and its elements.
double cost_of_map(const KernelGraph& graph, const Machine& machine, const Placement& placement,
                   TensorId in, TensorId out) {
  double bytes = 0;
  for (const TensorId id : {in, out})
    if (id != kNoTensor && !is_resident(graph, placement, id))
      bytes += static_cast<double>(graph.tensor(id).bytes());
  const double per_cycle =
      machine.dram.peak_bytes_per_second() / static_cast<double>(machine.clock.count());
  const double beats = static_cast<double>(graph.tensor(out).elements()) /
                       static_cast<double>(machine.core.vector.lanes);
  return std::max(bytes / per_cycle, beats);
}

// A maximum's gradient takes whole images at once: channels that don't fit leave lanes idle.
double cost_of_pool_grad(const KernelGraph& graph, const Machine& machine,
                         const PoolGradKernel& kernel, std::int64_t streaming_bytes) {
  const KernelTensor &in = graph.tensor(kernel.input), &dy = graph.tensor(kernel.gradient);
  const std::int64_t per_channel =
      in.shape[1] * in.shape[2] * (2 * bytes_of(in.format) + bytes_of(Format::fp32));
  const std::int64_t fitting =
      std::clamp<std::int64_t>(streaming_bytes / (2 * per_channel), 1, in.shape[3]);
  const std::int64_t windows = dy.shape[0] * dy.shape[1] * dy.shape[2];
  const std::int64_t beats = windows * ceil_div(in.shape[3], fitting) *
                             ceil_div(fitting, machine.core.vector.lanes) * 2 *
                             kernel.pool.kernel[0] * kernel.pool.kernel[1];
  return static_cast<double>(beats) / static_cast<double>(machine.core.count);
}

// The chain's first tensor of its own extent that is written or not, else any.
TensorId tensor_of(const ChainKernel& chain, bool written) {
  TensorId found = kNoTensor;
  for (std::size_t v = chain.values.size(); v-- > 0;) {
    const ChainValue& value = chain.values[v];
    if (value.tensor == kNoTensor || (value.per_channel && found != kNoTensor)) continue;
    if (chain.writes(static_cast<int>(v)) == written) found = value.tensor;
  }
  return found;
}

TensorId main_input(const Kernel& kernel) {
  return std::visit(
      [](const auto& work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, MapKernel>) {
          return work.a;
        } else if constexpr (std::is_same_v<Work, CopyKernel>) {
          return work.pieces.empty() ? kNoTensor : work.pieces.front().source;
        } else if constexpr (std::is_same_v<Work, ChainKernel>) {
          return tensor_of(work, false);
        } else {
          return work.input;
        }
      },
      kernel.work);
}

TensorId output_of(const Kernel& kernel) {
  return std::visit(
      [](const auto& work) {
        if constexpr (std::is_same_v<std::decay_t<decltype(work)>, ChainKernel>)
          return tensor_of(work, true);
        else
          return work.output;
      },
      kernel.work);
}

// What decides the order of a product's sums is chosen for the product alone, with this share of
// the scratchpad: wherever it stands in a training step, recomputed or not, its bits are the same.
TileBudget order_budget(const Machine& machine) {
  return tile_budget(machine, machine.core.scratchpad.capacity.count() / 4);
}

void fix_order(const std::string& layer, ConvProblem& problem, const Machine& machine,
               TilingMemo& memo) {
  if (!problem.walked) return;
  problem.channels = memo.tile(layer, problem, order_budget(machine)).channels;
}

void fix_order(const std::string& layer, WeightGradProblem& problem, const Machine& machine,
               WeightGradMemo& memo) {
  const WeightGradTiling tiling = memo.tile(layer, problem, order_budget(machine));
  problem.box = {tiling.batch, tiling.height, tiling.width};
}

using Mappings = std::map<std::size_t, const LayerMapping*>;  // by kernel

Plan make_plan(const KernelGraph& graph, const Machine& machine, const Mappings& mappings,
               TilingMemo& memo, WeightGradMemo& weight_grads, std::int64_t streaming_bytes,
               const std::function<void()>& poll) {
  Plan plan;
  plan.placement = place(graph, machine, streaming_bytes);
  plan.tilings.resize(graph.kernels.size());
  plan.weight_grads.resize(graph.kernels.size());
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) {
    poll();
    const Kernel& kernel = graph.kernels[k];
    if (const auto* grad = std::get_if<WeightGradKernel>(&kernel.work)) {
      WeightGradProblem problem = weight_grad_problem(graph, *grad);
      fix_order(kernel.name, problem, machine, weight_grads);
      plan.weight_grads[k] =
          weight_grads.tile(kernel.name, problem, tile_budget(machine, streaming_bytes));
      plan.cost += plan.weight_grads[k]->cost;
      continue;
    }
    if (const auto* grad = std::get_if<PoolGradKernel>(&kernel.work)) {
      plan.cost += cost_of_pool_grad(graph, machine, *grad, streaming_bytes);
      continue;
    }
    const auto* conv = std::get_if<ConvKernel>(&kernel.work);
    if (!conv) {
      plan.cost +=
          cost_of_map(graph, machine, plan.placement, main_input(kernel), output_of(kernel));
      continue;
    }
    ConvProblem problem = conv_problem(graph, *conv);
    if (conv->pool) add_pool(problem, *conv->pool);
    fix_order(kernel.name, problem, machine, memo);
    problem.input_resident = is_resident(graph, plan.placement, conv->input);
    problem.output_resident = is_resident(graph, plan.placement, conv->output);
    if (conv->residual != kNoTensor && is_resident(graph, plan.placement, conv->residual))
      problem.residual.reset();
    const TileBudget budget = tile_budget(machine, streaming_bytes);
    const auto mapping = mappings.find(k);
    plan.tilings[k] = mapping == mappings.end()
                          ? memo.tile(kernel.name, problem, budget)
                          : map_conv(*mapping->second, kernel.name, problem, machine, budget);
    plan.cost += plan.tilings[k]->cost;
  }
  return plan;
}

// Tries several divisions of the scratchpad between tile buffers and resident tensors.
Plan best_plan(const KernelGraph& graph, const Machine& machine, const Mappings& mappings,
               const std::function<void()>& poll) {
  const std::int64_t capacity = machine.core.scratchpad.capacity.count();
  TilingMemo memo(machine);
  WeightGradMemo weight_grads(machine);
  Plan best = make_plan(graph, machine, mappings, memo, weight_grads, capacity, poll);
  for (const std::int64_t eighths : {7, 6, 5, 4, 3, 2, 1}) {
    const std::int64_t streaming = capacity * eighths / 8 / 64 * 64;
    if (streaming == 0) continue;
    try {
      Plan plan = make_plan(graph, machine, mappings, memo, weight_grads, streaming, poll);
      if (plan.cost < best.cost) best = std::move(plan);
    } catch (const UserError&) {
      break;  // some layer has no tile that small; less will not do either
    }
  }
  return best;
}

std::vector<std::int64_t> as_vector(const std::array<std::int64_t, 4>& shape) {
  return {shape.begin(), shape.end()};
}

TensorRole role_of(const KernelTensor& tensor) {
  if (tensor.is_state) return TensorRole::state;
  return tensor.is_input ? TensorRole::input : TensorRole::output;
}

std::vector<ProgramTensor> border_tensors(const KernelGraph& graph, const Placement& placement) {
  std::vector<ProgramTensor> tensors;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const KernelTensor& tensor = graph.tensors[t];
    if (!tensor.crosses_the_border()) continue;
    SYSTOLITH_CHECK(static_cast<std::size_t>(tensor.storage) == t || tensor.channel_offset == 0,
                    "network tensor '{}' is a part of another", tensor.name);
    const View view = view_of(graph, placement, static_cast<TensorId>(t));
    tensors.push_back({tensor.name, role_of(tensor), view.address, tensor.bytes(), tensor.format,
                       tensor.quantization.scale, tensor.quantization.zero_point,
                       as_vector(tensor.shape), tensor.logical_shape,
                       tensor.layout == Layout::hwio ? "hwio" : "nhwc"});
  }
  // Inputs that a host's copies read come after what is copied.
  std::stable_partition(tensors.begin(), tensors.end(), [](const ProgramTensor& tensor) {
    return tensor.role == TensorRole::input;
  });
  return tensors;
}

// What the states begin with.
void append_states(const KernelGraph& graph, const Placement& placement,
                   std::vector<ProgramData>& data) {
  for (std::size_t t = 0; t < graph.tensors.size(); ++t)
    if (graph.tensors[t].is_state)
      data.push_back({placement.homes[t].address, graph.tensors[t].data});
}

std::int64_t dram_bytes(const KernelItems& items) {
  std::int64_t bytes = 0;
  const auto count = [&](const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      const Transfer* move = std::get_if<Load>(&step.operation);
      if (!move) move = std::get_if<Store>(&step.operation);
      if (move && AddressMap::level_of(move->system_address) < 0) bytes += move->bytes();
    }
  };
  for (const auto& core : items.cores)
    for (const Item& item : core) {
      count(item.loads);
      count(item.stores);
    }
  return bytes;
}

// What is computed, "int8", "bf16"; of a product of two formats both: "int8xint4".
std::string layer_format(const KernelGraph& graph, const Kernel& kernel) {
  std::string format(to_string(graph.tensor(output_of(kernel)).format));
  const auto* conv = std::get_if<ConvKernel>(&kernel.work);
  if (conv == nullptr) return format;
  const std::string sparse = conv->sparsity.dense() ? "" : " " + to_string(conv->sparsity);
  const Format input = graph.tensor(conv->input).format;
  const Format weights = graph.tensor(conv->weights).format;
  if (input != weights) return fmt::format("{}x{}{}", to_string(input), to_string(weights), sparse);
  return (weights == Format::int4 ? "int4" : format) + sparse;
}

KernelItems generate_kernel(CodegenContext& context, const Plan& plan, ProgramLayer& layer) {
  const Kernel& kernel = context.graph.kernels[context.kernel];
  return std::visit(
      [&](const auto& work) {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, ConvKernel>) {
          return generate_conv(context, work, *plan.tilings[context.kernel], layer);
        } else if constexpr (std::is_same_v<Work, MapKernel>) {
          return generate_map(context, work, layer);
        } else if constexpr (std::is_same_v<Work, CopyKernel>) {
          return generate_copy(context, work, layer);
        } else if constexpr (std::is_same_v<Work, WeightGradKernel>) {
          return generate_weight_grad(context, work, *plan.weight_grads[context.kernel]);
        } else if constexpr (std::is_same_v<Work, ChainKernel>) {
          return generate_chain(context, work);
        } else {
          return generate_rows(context, work);
        }
      },
      kernel.work);
}

void note_sparsity(KernelGraph& graph, const Machine& machine) {
  for (Kernel& kernel : graph.kernels)
    if (auto* conv = std::get_if<ConvKernel>(&kernel.work))
      conv->sparsity = sparsity_of(machine, graph, *conv);
}

// Whether the vector unit can scale a convolution's sums without real numbers.
bool scales_in_integers(const KernelGraph& graph, const ConvKernel& conv) {
  const ActivationSpec& activation = conv.activation;
  const Format stored = conv.pool ? conv.conv_format : graph.tensor(conv.output).format;
  return !conv.scale.empty() && conv.residual == kNoTensor && !is_float(stored) &&
         activation.divisor == 1 &&
         (activation.kind == Activation::none || activation.kind == Activation::clamp);
}

// The interpreter must sum in the order of the tiles, and round as the machine does.
void record_arithmetic(KernelGraph& graph, const Plan& plan, const Machine& machine) {
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) {
    if (const auto& grad = plan.weight_grads[k]) {
      auto& kernel = std::get<WeightGradKernel>(graph.kernels[k].work);
      kernel.box = {grad->batch, grad->height, grad->width};
      kernel.k_rows = machine.contraction_rows(graph.format, graph.format);
    }
    if (!plan.tilings[k]) continue;
    auto& conv = std::get<ConvKernel>(graph.kernels[k].work);
    conv.k_channels = plan.tilings[k]->channels;
    conv.k_rows =
        tile_limits(machine, conv_problem(graph, conv), plan.tilings[k]->stationary).contraction;
    conv.overflow = machine.core.datapath.overflow;
    if (scales_in_integers(graph, conv)) conv.rounding = machine.core.vector.rounding;
  }
}

}  // namespace

bool can_fuse_pool(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv,
                   const PoolSpec& pool) {
  ConvProblem problem = conv_problem(graph, conv);
  // A core takes whole images: with fewer than there are cores, the others would look on.
  const std::int64_t images =
      problem.batch * problem.groups * ceil_div(problem.group_out, machine.core.array.cols);
  if (images < machine.core.count) return false;
  add_pool(problem, pool);
  // Beyond half the scratchpad the staged image would cost more in small tiles than it saves.
  return fits(problem, machine, tile_budget(machine, machine.core.scratchpad.capacity.count() / 2));
}

Program generate(KernelGraph& graph, const Machine& machine, bool with_values,
                 const Mapping& mapping, const std::function<void()>& poll) {
  if (!machine.core.array.sparsity.empty()) note_sparsity(graph, machine);
  const Plan plan = best_plan(graph, machine, assign_mappings(mapping, graph), poll);
  record_arithmetic(graph, plan, machine);
  Program program;
  ProgramHeader& header = program.header;
  header.workload = graph.name;
  header.machine = machine.name;
  header.fingerprint = program_fingerprint(machine);
  header.cores = static_cast<std::uint16_t>(machine.core.count);
  ConstantPool constants(plan.placement.first_free_address, with_values);
  CodegenContext context{
      machine,   graph, plan.placement,
      constants, 0,     std::vector<std::int64_t>(static_cast<std::size_t>(machine.core.count))};
  std::vector<KernelItems> items;
  for (; context.kernel < graph.kernels.size(); ++context.kernel) {
    poll();
    const Kernel& kernel = graph.kernels[context.kernel];
    ProgramLayer layer;
    layer.name = kernel.name;
    layer.op = kernel.op;
    layer.format = layer_format(graph, kernel);
    layer.macs = kernel.macs;
    layer.phase = kernel.phase;
    items.push_back(generate_kernel(context, plan, layer));
    layer.dram_bytes_stated = dram_bytes(items.back());
    header.layers.push_back(std::move(layer));
  }
  header.tensors = border_tensors(graph, plan.placement);
  header.data = constants.take();
  if (with_values) append_states(graph, plan.placement, header.data);
  header.memory.dram_bytes = static_cast<std::int64_t>(constants.end());
  header.memory.live_bytes = plan.placement.live_bytes;
  program.streams = emit(items, context.cores());
  return program;
}

}  // namespace systolith
