// One quantised layer, described as JSON, through code generator and machine and, beside it,
// through the reference interpreter: quantized_layer LAYER.json MACHINE > RESULTS.json
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compiler/codegen/codegen.h"
#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "hw/arch/read_machine.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

using Json = nlohmann::json;

// [n, c, h, w]; codes in that order.
KernelTensor tensor_of(const std::string& name, const Json& json) {
  KernelTensor tensor;
  tensor.name = name;
  tensor.logical_shape = json.at("shape").get<Shape>();
  tensor.shape = physical_shape(tensor.logical_shape);
  tensor.format = format_from_name(json.at("format").get<std::string>());
  tensor.quantization = {json.at("scale"), json.at("zero")};
  return tensor;
}

TensorId add(KernelGraph& graph, KernelTensor tensor) {
  tensor.storage = static_cast<TensorId>(graph.tensors.size());
  graph.tensors.push_back(std::move(tensor));
  return graph.tensors.back().storage;
}

// The tensor as real values, each of which its codes stand for exactly.
Tensor values_of(const KernelTensor& tensor, const Json& codes) {
  Tensor value{DataType::float32, tensor.logical_shape, {}, {}};
  const bool floats = is_float(tensor.format);
  for (const auto& code : codes)
    value.floats.push_back(
        floats ? code.get<float>()
               : tensor.quantization.scale *
                     static_cast<float>(code.get<std::int32_t>() - tensor.quantization.zero_point));
  return value;
}

struct Layer {
  KernelGraph graph;
  CodeMap inputs;
};

TensorId input(Layer& layer, const std::string& name, const Json& json) {
  KernelTensor tensor = tensor_of(name, json);
  tensor.is_input = true;
  layer.inputs[name] = to_codes(tensor, values_of(tensor, json.at("codes")));
  return add(layer.graph, std::move(tensor));
}

// [k, c, kh, kw] to [group][kh][kw][c][k].
KernelTensor weights_of(const Json& json, std::int64_t groups) {
  const Shape shape = json.at("shape").get<Shape>();
  const std::int64_t outputs = shape[0] / groups, taps = shape[2] * shape[3];
  KernelTensor tensor;
  tensor.name = "w";
  tensor.logical_shape = shape;
  tensor.shape = {groups, taps, shape[1], outputs};
  tensor.format = format_from_name(json.at("format").get<std::string>());
  tensor.data.resize(json.at("codes").size());
  for (std::int64_t k = 0; k < shape[0]; ++k)
    for (std::int64_t c = 0; c < shape[1]; ++c)
      for (std::int64_t t = 0; t < taps; ++t) {
        const auto from = static_cast<std::size_t>((k * shape[1] + c) * taps + t);
        const auto to = static_cast<std::size_t>(
            ((k / outputs * taps + t) * shape[1] + c) * outputs + k % outputs);
        tensor.data[to] = static_cast<std::uint8_t>(json.at("codes")[from].get<std::int8_t>());
      }
  return tensor;
}

ConvKernel convolution(Layer& layer, const Json& json) {
  ConvKernel conv;
  conv.groups = json.at("groups");
  conv.input = input(layer, "x", json.at("x"));
  conv.weights = add(layer.graph, weights_of(json.at("w"), conv.groups));
  const Shape kernel = json.at("w").at("shape").get<Shape>();
  conv.kernel = {kernel[2], kernel[3]};
  conv.stride = json.at("strides");
  conv.pads = json.at("pads");
  conv.scale = json.at("factors").get<std::vector<float>>();
  conv.bias_int = json.at("bias").get<std::vector<std::int32_t>>();
  if (json.contains("residual")) {
    conv.residual = input(layer, "residual", json.at("residual"));
    conv.residual_scale = json.at("residual_factor");
  }
  if (json.at("relu")) conv.activation = {Activation::clamp, 0, INFINITY, 1};
  const Shape y = json.at("y").at("shape").get<Shape>();
  conv.conv_size = {y[2], y[3]};
  return conv;
}

Layer layer_of(const Json& json) {
  Layer layer;
  layer.graph.name = "layer";
  KernelTensor output = tensor_of("y", json.at("y"));
  output.is_output = true;
  if (json.at("kind") == "conv") {
    ConvKernel conv = convolution(layer, json);
    conv.output = add(layer.graph, std::move(output));
    layer.graph.format = layer.graph.tensor(conv.input).format;
    layer.graph.kernels.push_back({"conv", "Conv", 0, std::move(conv)});
  } else {
    MapKernel map;
    map.a = input(layer, "x", json.at("x"));
    map.scale_a = json.at("factor");
    map.output = add(layer.graph, std::move(output));
    layer.graph.kernels.push_back({"map", "Map", 0, map});
  }
  return layer;
}

// In logical order: codes, or values of floats.
Json codes_of(const KernelTensor& tensor, const std::vector<std::uint8_t>& codes) {
  Json result = Json::array();
  for (const float value : from_codes(tensor, codes).floats)
    if (is_float(tensor.format))
      result.push_back(value);
    else
      result.push_back(std::lround(value / tensor.quantization.scale) +
                       tensor.quantization.zero_point);
  return result;
}

void run(const std::string& file, const std::string& machine_name) {
  Layer layer = layer_of(Json::parse(std::ifstream(file)));
  const Machine machine = read_machine(machine_name, {}, vocabulary());
  const Program program = generate(layer.graph, machine, true, {}, [] {});
  ProgramSource source(program);
  RunOptions options;
  options.values = true;
  const RunResult simulated = simulate(machine, source, options, layer.inputs);
  const CodeMap interpreted = interpret(layer.graph, layer.inputs);
  for (const KernelTensor& tensor : layer.graph.tensors)
    if (tensor.is_output)
      std::puts(Json({{"simulated", codes_of(tensor, simulated.outputs.at("y"))},
                      {"interpreted", codes_of(tensor, interpreted.at("y"))},
                      {"bytes", simulated.outputs.at("y").size()}})
                    .dump()
                    .c_str());
}

}  // namespace
}  // namespace systolith

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    systolith::run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
