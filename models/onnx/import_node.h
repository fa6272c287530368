// ONNX's nodes to the graph's.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <vector>

#include "models/graph/graph.h"

namespace systolith {

// In the model's order. A node without a name becomes "Conv_12" (op and position); names that occur
// twice get a suffix. An op of another domain is named "domain::Op", so that it is reported with
// the other unsupported ones. Tensor attributes' external data is looked for in `folder`.
std::vector<Node> import_nodes(const onnx::GraphProto& graph, const std::filesystem::path& folder);

// UserError unless `name` is UTF-8: names end up in reports.
void check_name(const std::string& name, const char* what);

}  // namespace systolith
