#include "hw/arith/sparsity.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/base/registry.h"

namespace systolith {

std::string to_string(Sparsity sparsity) { return fmt::format("{}:{}", sparsity.n, sparsity.m); }

const std::vector<std::string>& sparsity_names() {
  static const std::vector<std::string> names = {"1:2", "1:4", "1:8", "2:4", "2:8", "4:8"};
  return names;
}

Sparsity sparsity_from_name(std::string_view name) {
  const auto& names = sparsity_names();
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw UserError(unknown_name_message("sparsity", std::string(name), names));
  return {name[0] - '0', name[2] - '0'};
}

}  // namespace systolith
