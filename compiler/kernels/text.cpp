// The kernel graph as text.
#include "compiler/kernels/kernel_graph.h"
#include "hw/isa/names.h"

namespace systolith {
namespace {

template <class E>
std::string_view name_of(E value) {
  return find_value(enum_table<E>(), static_cast<std::uint8_t>(value))->name;
}

std::string text_of(const ActivationSpec& activation) {
  const std::string divisor =
      activation.divisor == 1 ? "" : fmt::format(" divisor={}", activation.divisor);
  if (activation.kind == Activation::none) return divisor;
  return fmt::format(" activation={}({}, {})*{}{}", name_of(activation.kind), activation.low,
                     activation.high, activation.scale_out, divisor);
}

std::string text_of(const PoolSpec& pool) {
  return fmt::format("{}{} kernel={} stride={} dilation={} pads={} scale={}",
                     pool.average ? "average" : "max", pool.count_padding ? "+padding" : "",
                     fmt::join(pool.kernel, "x"), fmt::join(pool.stride, "x"),
                     fmt::join(pool.dilation, "x"), fmt::join(pool.pads, ","), pool.scale);
}

std::string text_of(const ChainStep& s) {
  constexpr const char* kWhen[] = {"before", "each", "after"};
  std::string text =
      fmt::format("{}: v{} = {}(", kWhen[static_cast<int>(s.when)], s.out, name_of(s.function));
  text += s.scale == ChainStep::kNone ? fmt::format("{}", s.scale_a) : fmt::format("v{}", s.scale);
  text += s.bias == ChainStep::kNone ? fmt::format("*v{}", s.a)
                                     : fmt::format("*(v{}+v{})", s.a, s.bias);
  if (s.binary != BinaryFunction::none)
    text += fmt::format(" {} {}*v{}", name_of(s.binary), s.scale_b, s.b);
  return text + (s.across ? ") across" : ")") + text_of(s.activation);
}

class Printer {
 public:
  explicit Printer(const KernelGraph& graph) : graph_(graph) {}

  std::string tensor(std::size_t index) const {
    const KernelTensor& t = graph_.tensors[index];
    std::string text = fmt::format("%{} \"{}\" {} [{}]", index, t.name, to_string(t.format),
                                   fmt::join(t.shape, ", "));
    if (!is_float(t.format))
      text += fmt::format(" scale={} zero={}", t.quantization.scale, t.quantization.zero_point);
    if (t.storage != static_cast<TensorId>(index))
      text += fmt::format(" view of %{} at channel {}", static_cast<std::uint32_t>(t.storage),
                          t.channel_offset);
    if (t.is_input) text += " input";
    if (t.is_output) text += " output";
    if (t.is_constant()) text += " constant";
    if (t.is_state) text += " state";
    if (t.layout == Layout::hwio) text += " hwio";
    return text;
  }

  std::string operator()(const ConvKernel& c) const {
    std::string text = fmt::format(
        "{} = conv({}, {}) groups={} kernel={} stride={} dilation={} pads={} out={}", id(c.output),
        id(c.input), id(c.weights), c.groups, fmt::join(c.kernel, "x"), fmt::join(c.stride, "x"),
        fmt::join(c.dilation, "x"), fmt::join(c.pads, ","), fmt::join(c.conv_size, "x"));
    if (c.residual != kNoTensor)
      text += fmt::format(" residual={}*{}", c.residual_scale, id(c.residual));
    text += text_of(c.activation);
    if (c.pool)
      text += fmt::format(" pool({}) of scale={} zero={}", text_of(*c.pool),
                          c.conv_quantization.scale, c.conv_quantization.zero_point);
    if (c.bias != kNoTensor) text += fmt::format(" bias={}", id(c.bias));
    if (c.walk)
      text += fmt::format(" weights at {}+[{}] group={}", c.walk->offset,
                          fmt::join(c.walk->strides, ", "), c.walk->group);
    if (c.grid_stride != std::array<std::int64_t, 2>{1, 1})
      text += fmt::format(" into every {} from {}", fmt::join(c.grid_stride, "x"),
                          fmt::join(c.grid_offset, ","));
    if (c.k_channels != 0 || c.k_rows != 0)
      text += fmt::format(" k_channels={} k_rows={}", c.k_channels, c.k_rows);
    return text;
  }
  std::string operator()(const MapKernel& m) const {
    const std::string_view symbol = m.binary == BinaryFunction::add   ? "+"
                                    : m.binary == BinaryFunction::mul ? "*"
                                                                      : "gate";
    std::string text = fmt::format("{} = map({}*{}", id(m.output), m.scale_a, id(m.a));
    if (m.binary != BinaryFunction::none)
      text += fmt::format(" {} {}*{}", symbol, m.scale_b, id(m.b));
    return text + ")" + text_of(m.activation);
  }
  std::string operator()(const PoolKernel& p) const {
    return fmt::format("{} = pool({}) {}", id(p.output), id(p.input), text_of(p.pool));
  }
  std::string operator()(const LrnKernel& l) const {
    return fmt::format("{} = lrn({}) size={} alpha={} beta={} bias={}", id(l.output), id(l.input),
                       l.size, l.alpha, l.beta, l.bias);
  }
  std::string operator()(const SoftmaxKernel& s) const {
    return fmt::format("{} = softmax({})", id(s.output), id(s.input));
  }
  std::string operator()(const WeightGradKernel& w) const {
    return fmt::format(
        "{} = weight_grad({}, {}) groups={} kernel={} stride={} dilation={} pads={} box={} "
        "k_rows={}",
        id(w.output), id(w.input), id(w.gradient), w.groups, fmt::join(w.kernel, "x"),
        fmt::join(w.stride, "x"), fmt::join(w.dilation, "x"), fmt::join(w.pads, ","),
        fmt::join(w.box, "x"), w.k_rows);
  }
  std::string operator()(const PoolGradKernel& p) const {
    return fmt::format("{} = pool_grad({}, {}) {}", id(p.output), id(p.gradient), id(p.input),
                       text_of(p.pool));
  }
  std::string operator()(const ChainKernel& c) const {
    std::string text = fmt::format("chain [{}]", fmt::join(c.shape, ", "));
    for (std::size_t i = 0; i < c.values.size(); ++i)
      if (c.values[i].tensor != kNoTensor)
        text += fmt::format(" v{}={}{}", i, id(c.values[i].tensor),
                            c.values[i].per_channel ? "[c]" : "");
    for (const ChainStep& step : c.steps) text += "\n    " + text_of(step);
    return text;
  }
  std::string operator()(const CopyKernel& c) const {
    std::string text = fmt::format("{} = copy(", id(c.output));
    for (std::size_t i = 0; i < c.pieces.size(); ++i) {
      const CopyPiece& p = c.pieces[i];
      text +=
          fmt::format("{}{} extent=[{}] from={}+[{}] to={}+[{}]", i == 0 ? "" : "; ", id(p.source),
                      fmt::join(p.extent, ", "), p.source_offset, fmt::join(p.source_strides, ", "),
                      p.destination_offset, fmt::join(p.destination_strides, ", "));
    }
    return text + (c.fills ? fmt::format(") fill={}", c.fill) : ")");
  }

 private:
  static std::string id(TensorId tensor) {
    return fmt::format("%{}", static_cast<std::uint32_t>(tensor));
  }
  const KernelGraph& graph_;
};

}  // namespace

std::string to_text(const KernelGraph& graph) {
  const Printer printer(graph);
  std::string text = fmt::format("kernels \"{}\" {}\n", graph.name, to_string(graph.format));
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) text += printer.tensor(i) + "\n";
  for (const Kernel& kernel : graph.kernels)
    text += fmt::format("{} \"{}\" {} macs={}\n", std::visit(printer, kernel.work), kernel.name,
                        kernel.op, kernel.macs);
  return text;
}

}  // namespace systolith
