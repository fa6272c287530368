#include <map>

#include "models/ops/op.h"

namespace systolith {

const Op* find_op(const std::string& name) {
  static const auto table = [] {
    std::map<std::string, std::unique_ptr<Op>> ops;
    for (const auto* entry : registrations<Op>()) ops.emplace(entry->name, entry->create());
    return ops;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second.get();
}

const Op& op_of(const Node& node) {
  const Op* op = find_op(node.op);
  SYSTOLITH_CHECK(op != nullptr, "node '{}' has unknown op '{}'", node.name, node.op);
  return *op;
}

}  // namespace systolith
