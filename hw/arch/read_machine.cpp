#include "hw/arch/read_machine.h"

#include <algorithm>
#include <regex>

#include "hw/arch/document.h"
#include "hw/arch/energy_table.h"
#include "hw/arch/field_value.h"
#include "hw/arch/machine_rules.h"
#include "hw/arch/preset_files.h"
#include "hw/arch/sub_arrays.h"

namespace systolith {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

[[noreturn]] void fail(const SourcePosition& where, const std::string& path,
                       const std::string& message) {
  throw UserError(where, path.empty() ? message : path + ": " + message);
}

// Walks a document along the table of fields. `pattern` is a path as the table has it
// ("memory[].name"), `path` as people write it ("memory.0.name").
class FieldWalk {
 public:
  FieldWalk(const Vocabulary& vocabulary, Machine& machine)
      : vocabulary_(vocabulary), machine_(machine) {}

  void read_map(const DocumentNode& map, const std::string& pattern, const std::string& path) {
    const std::vector<std::string> known = children(pattern);
    if (map.kind != DocumentNode::Kind::map)
      fail(
          map.where, path,
          fmt::format("expected a mapping of {}; found {}", fmt::join(known, ", "), describe(map)));
    for (const DocumentEntry& entry : map.entries) {
      if (std::find(known.begin(), known.end(), entry.key) == known.end())
        fail(entry.where, path, unknown_name_message("key", entry.key, known));
      if (const DocumentNode* first = map.find(entry.key); first != &entry.value)
        fail(entry.where, path,
             fmt::format("duplicate key '{}' (first on line {})", entry.key, first->where.line));
      read_entry(entry.value, pattern + entry.key, join(path, entry.key));
    }
    check_required(map, pattern, path);
  }

 private:
  static std::string join(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  // Keys that may stand right below `pattern`, in the table's order.
  static std::vector<std::string> children(const std::string& pattern) {
    std::vector<std::string> keys;
    for (const MachineField& field : machine_fields()) {
      if (!starts_with(field.path, pattern)) continue;
      const std::string rest = field.path + pattern.size();
      const std::string key = rest.substr(0, rest.find_first_of(".["));
      if (keys.empty() || keys.back() != key) keys.push_back(key);
    }
    return keys;
  }

  static const MachineField* find_field(const std::string& pattern) {
    for (const MachineField& field : machine_fields())
      if (field.path == pattern) return &field;
    return nullptr;
  }

  void read_entry(const DocumentNode& node, const std::string& pattern, const std::string& path) {
    if (const MachineField* field = find_field(pattern))
      read_value(*field, node, path);
    else if (!children(pattern + "[].").empty())
      read_list(machine_list(pattern), node, path);
    else
      read_map(node, pattern + ".", path);
  }

  void read_value(const MachineField& field, const DocumentNode& node, const std::string& path) {
    try {
      read_field(field, node, vocabulary_, machine_);
    } catch (const UserError& error) {
      if (!error.where().file.empty()) throw;
      fail(node.where, path, error.what());
    }
  }

  void read_list(const MachineList& list, const DocumentNode& node, const std::string& path) {
    if (list.in_short != nullptr && node.kind == DocumentNode::Kind::scalar) {
      if (!std::regex_match(node.scalar, std::regex(list.in_short->pattern)))
        fail(node.where, path, fmt::format("'{}' is not {}", node.scalar, list.in_short->meaning));
      return;  // complete() reads it, when what it refers to is known
    }
    if (node.kind != DocumentNode::Kind::list)
      fail(node.where, path,
           fmt::format("expected a list of {}s, found {}", list.element, describe(node)));
    if (node.items.size() > list.most)
      fail(node.where, path,
           fmt::format("{} {}s (allowed: up to {})", node.items.size(), list.element, list.most));
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      list.append(machine_);
      read_map(node.items[i], std::string(list.path) + "[].", join(path, std::to_string(i)));
    }
  }

  static void check_required(const DocumentNode& map, const std::string& pattern,
                             const std::string& path) {
    for (const MachineField& field : machine_fields()) {
      if (!field.required || !starts_with(field.path, pattern)) continue;
      const std::string key = field.path + pattern.size();
      if (key.find('.') == key.npos && map.find(key) == nullptr)
        fail(map.where, path, fmt::format("missing key '{}'", key));
    }
  }

  const Vocabulary& vocabulary_;
  Machine& machine_;
};

// Finds where a path was written; where only a part of it was, the nearest mapping around it.
struct Located {
  SourcePosition where;
  bool exact = false;
  const DocumentNode* node = nullptr;
};
Located locate(const DocumentNode& root, const std::string& path) {
  const DocumentNode* node = &root;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    const DocumentNode* next = nullptr;
    if (node->kind == DocumentNode::Kind::list)
      next = &node->items.at(std::stoul(key));
    else
      next = node->find(key);
    if (next == nullptr) return {node->where, false, node};
    node = next;
    begin = end + 1;
  }
  return {node->where, true, node};
}

[[noreturn]] void complain(const DocumentNode& root, const std::vector<std::string>& paths,
                           const std::string& message) {
  const auto blame_first = [&](auto&& is_it) {
    for (const std::string& path : paths)
      if (const Located at = locate(root, path); at.exact && is_it(at))
        fail(at.where, path, message);
  };
  blame_first([](const Located& at) { return at.where.line == 0; });  // an override came last
  blame_first([](const Located&) { return true; });
  fail(locate(root, paths[0]).where, paths[0], message);
}

void read_grid(Machine& machine, const DocumentNode& root) {
  const char* path = "core.array.partition";
  const Located at = locate(root, path);
  if (!at.exact || at.node->kind != DocumentNode::Kind::scalar) return;
  try {
    machine.core.array.partition = parse_grid(at.node->scalar, machine.core.array);
  } catch (const UserError& error) {
    fail(at.where, path, error.what());
  }
}

void complete_dram(DramConfig& dram, const DocumentNode& root, const Vocabulary& vocabulary) {
  for (const DramStandardFacts& facts : vocabulary.dram_standards)
    if (facts.name == dram.standard) dram.facts = facts;
  dram.facts.clock = dram.clock.value_or(dram.facts.clock);
  if (!locate(root, "dram.write_high").exact) dram.write_high = dram.write_queue * 8 / 10;
  if (!locate(root, "dram.write_low").exact) dram.write_low = dram.write_queue * 2 / 10;
}

// Defaults that follow from other fields, and what the names stand for.
void complete(Machine& machine, const DocumentNode& root, const Vocabulary& vocabulary) {
  const auto& native = machine.core.datapath.native;
  if (!locate(root, "core.datapath.accumulate").exact &&
      std::all_of(native.begin(), native.end(), [](Format format) { return is_float(format); }))
    machine.core.datapath.accumulate = Format::fp32;
  read_grid(machine, root);
  complete_dram(machine.dram, root, vocabulary);
}

}  // namespace

Machine parse_machine(const std::string& text, const std::string& file,
                      const std::vector<std::string>& overrides, const Vocabulary& vocabulary) {
  DocumentNode root = parse_document(text, file);
  if (root.kind == DocumentNode::Kind::nothing)
    throw UserError(root.where, "the machine description is empty");
  for (const std::string& assignment : overrides) apply_override(root, assignment);

  Machine machine;
  machine.energy.name = kDefaultEnergyTable;
  FieldWalk(vocabulary, machine).read_map(root, "", "");
  complete(machine, root, vocabulary);
  check_machine_rules(machine, [&](const std::vector<std::string>& paths,
                                   const std::string& message) { complain(root, paths, message); });
  const std::string table = energy_table_path(machine.energy.name, vocabulary);
  machine.energy =
      parse_energy_table(machine.energy.name, read_text_file(table, "energy table"), table);
  return machine;
}

Machine read_machine(const std::string& source, const std::vector<std::string>& overrides,
                     const Vocabulary& vocabulary) {
  const std::string path = machine_path(source, vocabulary);
  return parse_machine(read_text_file(path, "machine file"), path, overrides, vocabulary);
}

}  // namespace systolith
