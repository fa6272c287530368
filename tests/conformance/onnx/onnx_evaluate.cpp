// onnx_evaluate MODEL.onnx OUTPUT_FOLDER [INPUT.pb ...]: runs a model on the reference evaluator.
// The inputs are TensorProtos in the order of the graph's inputs; each output becomes
// OUTPUT_FOLDER/<index>.pb. onnx_evaluate --ops: the names of all operators, one per line.
#include <cstdio>
#include <fstream>

#include "models/onnx/onnx.h"
#include "models/onnx/tensor_proto.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

Tensor read_tensor(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  onnx::TensorProto proto;
  if (!file || !proto.ParseFromIstream(&file)) user_error("{}: not a tensor", path);
  return import_tensor(proto, ".");
}

void run(const std::string& model, const std::string& folder,
         const std::vector<std::string>& files) {
  const Graph graph = read_onnx(model);
  if (files.size() != graph.inputs.size())
    user_error("{}: takes {} inputs, given are {}", model, graph.inputs.size(), files.size());
  TensorMap inputs;
  for (std::size_t i = 0; i < files.size(); ++i)
    inputs[graph.inputs[i].name] = read_tensor(files[i]);
  const TensorMap outputs = evaluate(graph, inputs);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    std::ofstream file(fmt::format("{}/{}.pb", folder, i), std::ios::binary);
    const std::string& name = graph.outputs[i];
    if (!export_tensor(name, outputs.at(name)).SerializeToOstream(&file))
      user_error("output {} cannot be written to {}", i, folder);
  }
}

}  // namespace
}  // namespace systolith

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--ops") {
    for (const std::string& name : systolith::registered_names<systolith::Op>())
      std::puts(name.c_str());
    return 0;
  }
  if (argc < 3) {
    std::fputs("usage: onnx_evaluate MODEL.onnx OUTPUT_FOLDER [INPUT.pb ...]\n", stderr);
    return 2;
  }
  try {
    systolith::run(argv[1], argv[2], {argv + 3, argv + argc});
  } catch (const systolith::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
