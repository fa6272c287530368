// A YAML document as a plain tree whose nodes know where they were written. Aliases are expanded;
// overrides (`--set path=value`) are nodes whose place is the override itself.
#pragma once

#include <string>
#include <vector>

#include "hw/base/error.h"

namespace systolith {

struct DocumentEntry;

struct DocumentNode {
  enum class Kind { nothing, scalar, list, map };

  Kind kind = Kind::nothing;
  SourcePosition where;
  std::string scalar;
  std::vector<DocumentNode> items;     // of a list
  std::vector<DocumentEntry> entries;  // of a map, in the order written; duplicates are kept

  DocumentNode* find(std::string_view key);
  const DocumentNode* find(std::string_view key) const;
};

struct DocumentEntry {
  std::string key;
  SourcePosition where;
  DocumentNode value;
};

// "a mapping", "a list", "nothing", or the scalar in quotes.
std::string describe(const DocumentNode& node);

// Throws UserError with file:line:column: not YAML, tab in the indentation, not text, more than one
// document. An empty document gives a node of kind nothing. `file` is only for messages.
DocumentNode parse_document(const std::string& text, const std::string& file);

// Applies "path.to.key=value": the value is YAML, list elements go by index, one past the end
// appends; missing maps and lists are created. Throws UserError that begins with "--set ".
void apply_override(DocumentNode& root, const std::string& assignment);

}  // namespace systolith
