// A mapping of a scenario, read by a table of its keys.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "hw/arch/document.h"
#include "hw/arch/quantity_text.h"
#include "hw/base/registry.h"

namespace systolith {

template <class T>
struct ScenarioKey {
  const char* name;
  void (*read)(T& to, const DocumentNode& node);
};

[[noreturn]] inline void fail_at(const SourcePosition& where, const std::string& path,
                                 const std::string& message) {
  throw UserError(where, path.empty() ? message : path + ": " + message);
}

// Reads every entry of `map` by its key. `path` is how messages name the mapping ("tenants.0").
template <class T>
void read_section(const DocumentNode& map, const std::string& path,
                  const std::vector<ScenarioKey<T>>& keys, T& to) {
  std::vector<std::string> known;
  for (const ScenarioKey<T>& key : keys) known.emplace_back(key.name);
  if (map.kind != DocumentNode::Kind::map)
    fail_at(
        map.where, path,
        fmt::format("expected a mapping of {}; found {}", fmt::join(known, ", "), describe(map)));
  for (const DocumentEntry& entry : map.entries) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const ScenarioKey<T>& k) { return k.name == entry.key; });
    if (key == keys.end())
      fail_at(entry.where, path, unknown_name_message("key", entry.key, known));
    if (const DocumentNode* first = map.find(entry.key); first != &entry.value)
      fail_at(entry.where, path,
              fmt::format("duplicate key '{}' (first on line {})", entry.key, first->where.line));
    const std::string own = path.empty() ? entry.key : path + "." + entry.key;
    try {
      key->read(to, entry.value);
    } catch (const UserError& error) {
      if (!error.where().file.empty()) throw;
      fail_at(entry.value.where, own, error.what());
    }
  }
}

// Values; UserError without a place.
const std::string& text_of(const DocumentNode& node, const char* expected);
std::int64_t whole_of(const DocumentNode& node, const Limits& limits);
bool truth_of(const DocumentNode& node);
Femtoseconds time_of(const DocumentNode& node);
// "50%" or 0.5, in parts per `whole`; above 0.
std::int64_t share_of(const DocumentNode& node, std::int64_t whole, std::int64_t most);
// One whole number or a list of different ones.
std::vector<std::int64_t> numbers_of(const DocumentNode& node, const Limits& limits);

}  // namespace systolith
