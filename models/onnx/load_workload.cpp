#include "models/onnx/onnx.h"
#include "models/zoo/zoo.h"

namespace systolith {
namespace {

bool is_onnx_path(const std::string& workload) {
  constexpr std::string_view suffix = ".onnx";
  return workload.size() >= suffix.size() &&
         workload.compare(workload.size() - suffix.size(), suffix.size(), suffix) == 0;
}

}  // namespace

Graph load_workload(const std::string& workload, std::int64_t batch) {
  if (is_onnx_path(workload)) return read_onnx(workload, batch);
  ZooSpec spec = parse_zoo_spec(workload);
  if (batch > 0) {
    const std::string given = std::to_string(batch);
    const auto [own, is_new] = spec.parameters.emplace("batch", given);
    if (!is_new && own->second != given)
      user_error("workload '{}' has batch={}, but a batch of {} was asked for", workload,
                 own->second, given);
  }
  return build_zoo(spec);
}

}  // namespace systolith
