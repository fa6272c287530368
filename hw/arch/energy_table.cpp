#include "hw/arch/energy_table.h"

#include <algorithm>

#include "hw/arch/document.h"
#include "hw/arch/energy_keys.h"
#include "hw/arch/quantity_text.h"

namespace systolith {
namespace {

constexpr Limits kEnergy = {1, 1'000'000'000};  // fJ: up to 1 uJ
constexpr double kFemtojoulesPerPicojoule = 1000;

std::string prefix(const std::string& path) { return path.empty() ? "" : path + ": "; }

// The value of `key`, checked to be of `kind`.
const DocumentNode& member(const DocumentNode& map, const std::string& path, const std::string& key,
                           DocumentNode::Kind kind) {
  const DocumentNode* node = map.find(key);
  if (node == nullptr) throw UserError(map.where, prefix(path) + "missing key '" + key + "'");
  if (node->kind != kind)
    throw UserError(
        node->where,
        fmt::format("{}{}: expected {}, found {}", path.empty() ? "" : path + ".", key,
                    kind == DocumentNode::Kind::map ? "a mapping" : "a text", describe(*node)));
  return *node;
}

void check_keys(const DocumentNode& map, const std::string& path,
                const std::vector<std::string>& known) {
  for (const DocumentEntry& entry : map.entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      throw UserError(entry.where, prefix(path) + unknown_name_message("key", entry.key, known));
    if (map.find(entry.key) != &entry.value)
      throw UserError(entry.where, prefix(path) + "duplicate key '" + entry.key + "'");
  }
}

double energy(const DocumentNode& energies, const std::string& key) {
  const std::string path = "energies." + key;
  const DocumentNode& row = member(energies, "energies", key, DocumentNode::Kind::map);
  check_keys(row, path, {"energy", "source"});
  member(row, path, "source", DocumentNode::Kind::scalar);
  const DocumentNode& value = member(row, path, "energy", DocumentNode::Kind::scalar);
  try {
    return static_cast<double>(parse_quantity(value.scalar, energy_units(), kEnergy)) /
           kFemtojoulesPerPicojoule;
  } catch (const UserError& error) {
    throw UserError(value.where, path + ".energy: " + error.what());
  }
}

}  // namespace

EnergyTable parse_energy_table(const std::string& name, const std::string& text,
                               const std::string& file) {
  const DocumentNode root = parse_document(text, file);
  if (root.kind != DocumentNode::Kind::map)
    throw UserError(root.where, "expected a mapping of source, energies, found " + describe(root));
  check_keys(root, "", {"source", "energies"});
  EnergyTable table;
  table.name = name;
  table.source = member(root, "", "source", DocumentNode::Kind::scalar).scalar;
  const DocumentNode& energies = member(root, "", "energies", DocumentNode::Kind::map);
  std::vector<std::string> keys;
  for (const EnergyKey& key : kEnergyKeys) keys.emplace_back(key.name);
  check_keys(energies, "energies", keys);
  for (const std::string& key : keys) table.picojoules[key] = energy(energies, key);
  return table;
}

}  // namespace systolith
