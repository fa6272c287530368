// The kernel graph as text.
#include "compiler/kernels/kernel_graph.h"

namespace systolith {
namespace {

std::string_view name_of(Activation activation) {
  switch (activation) {
    case Activation::none:
      return "none";
    case Activation::clamp:
      return "clamp";
    case Activation::sigmoid:
      return "sigmoid";
    case Activation::tanh:
      return "tanh";
    case Activation::leaky_relu:
      return "leaky_relu";
    case Activation::hard_sigmoid:
      return "hard_sigmoid";
    case Activation::hard_swish:
      return "hard_swish";
  }
  SYSTOLITH_CHECK(false, "activation {}", static_cast<int>(activation));
}

std::string text_of(const ActivationSpec& activation) {
  if (activation.kind == Activation::none) return "";
  return fmt::format(" activation={}({}, {})*{}", name_of(activation.kind), activation.low,
                     activation.high, activation.scale_out);
}

std::string text_of(const PoolSpec& pool) {
  return fmt::format("{}{} kernel={} stride={} dilation={} pads={} scale={}",
                     pool.average ? "average" : "max", pool.count_padding ? "+padding" : "",
                     fmt::join(pool.kernel, "x"), fmt::join(pool.stride, "x"),
                     fmt::join(pool.dilation, "x"), fmt::join(pool.pads, ","), pool.scale);
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
    if (c.k_channels != 0 || c.k_rows != 0)
      text += fmt::format(" k_channels={} k_rows={}", c.k_channels, c.k_rows);
    return text;
  }
  std::string operator()(const MapKernel& m) const {
    const char* symbol = m.binary == BinaryFunction::add ? "+" : "*";
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
