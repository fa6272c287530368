#include "models/onnx/import_graph.h"
#include "models/onnx/model_file.h"
#include "models/onnx/onnx.h"

namespace systolith {

Graph read_onnx(const std::string& path, std::int64_t batch) {
  try {
    onnx::ModelProto model = parse_model_file(path);
    Graph graph = import_graph(model, std::filesystem::path(path).parent_path(), batch);
    sort(graph);
    infer_shapes(graph);
    check_declared_outputs(model.graph(), graph);
    return graph;
  } catch (const UserError& error) {
    throw UserError(SourcePosition{path}, error.what());
  }
}

}  // namespace systolith
