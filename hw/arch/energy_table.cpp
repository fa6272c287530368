#include "hw/arch/energy_table.h"

#include <algorithm>

#include "hw/arch/area_keys.h"
#include "hw/arch/document.h"
#include "hw/arch/energy_keys.h"
#include "hw/arch/quantity_text.h"

namespace systolith {
namespace {

constexpr Limits kEnergy = {1, 1'000'000'000};  // fJ: up to 1 uJ
constexpr double kFemtojoulesPerPicojoule = 1000;
constexpr Limits kArea = {1, 1'000'000'000'000};  // nm2: up to 1 mm2
constexpr double kNanometersSquaredPerMicrometer = 1e6;

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

// A section of the table: rows of a value and its source, under the keys of one list.
struct Section {
  std::string name;   // "energies"
  std::string value;  // "energy"
  const UnitSet& units;
  Limits limits;
  double unit;  // in the units' base
};

double value_of(const Section& section, const DocumentNode& rows, const std::string& key) {
  const std::string path = section.name + "." + key;
  const DocumentNode& row = member(rows, section.name, key, DocumentNode::Kind::map);
  check_keys(row, path, {section.value, "source"});
  member(row, path, "source", DocumentNode::Kind::scalar);
  const DocumentNode& value = member(row, path, section.value, DocumentNode::Kind::scalar);
  try {
    return static_cast<double>(parse_quantity(value.scalar, section.units, section.limits)) /
           section.unit;
  } catch (const UserError& error) {
    throw UserError(value.where, path + "." + section.value + ": " + error.what());
  }
}

template <class Keys>
std::map<std::string, double> read_section(const DocumentNode& root, const Section& section,
                                           const Keys& keys) {
  const DocumentNode& rows = member(root, "", section.name, DocumentNode::Kind::map);
  std::vector<std::string> names;
  for (const auto& key : keys) names.emplace_back(key.name);
  check_keys(rows, section.name, names);
  std::map<std::string, double> values;
  for (const std::string& name : names) values[name] = value_of(section, rows, name);
  return values;
}

}  // namespace

EnergyTable parse_energy_table(const std::string& name, const std::string& text,
                               const std::string& file) {
  const DocumentNode root = parse_document(text, file);
  if (root.kind != DocumentNode::Kind::map)
    throw UserError(root.where,
                    "expected a mapping of source, energies, areas, found " + describe(root));
  check_keys(root, "", {"source", "energies", "areas"});
  EnergyTable table;
  table.name = name;
  table.source = member(root, "", "source", DocumentNode::Kind::scalar).scalar;
  table.picojoules = read_section(
      root, {"energies", "energy", energy_units(), kEnergy, kFemtojoulesPerPicojoule}, kEnergyKeys);
  table.square_micrometers = read_section(
      root, {"areas", "area", area_units(), kArea, kNanometersSquaredPerMicrometer}, kAreaKeys);
  return table;
}

}  // namespace systolith
