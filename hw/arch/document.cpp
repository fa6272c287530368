#include "hw/arch/document.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace systolith {
namespace {

// Far beyond any description; stops aliases that contain themselves or multiply without end.
constexpr int kMaxDepth = 16;
constexpr int kMaxNodes = 100'000;

SourcePosition position(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return {file};
  return {file, mark.line + 1, mark.column + 1};
}

class Converter {
 public:
  Converter(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  DocumentNode convert(const YAML::Node& node, int depth = 0) {
    const SourcePosition where = position(file_, node.Mark());
    if (depth > kMaxDepth) throw UserError(where, "nested too deeply");
    if (++nodes_ > kMaxNodes) throw UserError(where, "too many entries");
    DocumentNode result;
    result.where = where;
    if (node.IsScalar()) {
      result.kind = DocumentNode::Kind::scalar;
      result.scalar = scalar(node);
    } else if (node.IsSequence()) {
      result.kind = DocumentNode::Kind::list;
      for (const YAML::Node& item : node) result.items.push_back(convert(item, depth + 1));
    } else if (node.IsMap()) {
      result.kind = DocumentNode::Kind::map;
      for (const auto& entry : node) {
        const SourcePosition key_where = position(file_, entry.first.Mark());
        if (!entry.first.IsScalar()) throw UserError(key_where, "a key must be a word");
        result.entries.push_back(
            {scalar(entry.first), key_where, convert(entry.second, depth + 1)});
      }
    }
    return result;
  }

 private:
  // yaml-cpp takes the end of the file for a missing closing quote, and with it the rest of the
  // description for a name.
  std::string scalar(const YAML::Node& node) const {
    const auto begin = static_cast<std::size_t>(std::max(node.Mark().pos, 0));
    const char quote = begin < text_.size() ? text_[begin] : '\0';
    if (node.Tag() == "!" && (quote == '\'' || quote == '"') && !closes(begin, quote))
      throw UserError(position(file_, node.Mark()), "the quoted text has no closing quote");
    return node.Scalar();
  }

  bool closes(std::size_t begin, char quote) const {
    for (std::size_t i = begin + 1; i < text_.size(); ++i) {
      const bool doubled = quote == '\'' && text_.compare(i, 2, "''") == 0;
      if (doubled || (quote == '"' && text_[i] == '\\'))
        ++i;
      else if (text_[i] == quote)
        return true;
    }
    return false;
  }

  const std::string& text_;
  const std::string& file_;
  int nodes_ = 0;
};

// What yaml-cpp would take for the end of the input, or pass over.
void check_characters(const std::string& text, const std::string& file) {
  int line = 1, column = 0;
  bool indentation = true;
  for (const char c : text) {
    ++column;
    if (c == '\t' && indentation)
      throw UserError({file, line, column}, "tab in the indentation (YAML indents with spaces)");
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F)
      throw UserError({file, line, column},
                      fmt::format("not a text file: byte 0x{:02x}", unsigned{byte}));
    indentation = c == '\n' || (indentation && c == ' ');
    if (c == '\n') ++line, column = 0;
  }
}

}  // namespace

DocumentNode* DocumentNode::find(std::string_view key) {
  for (DocumentEntry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

const DocumentNode* DocumentNode::find(std::string_view key) const {
  return const_cast<DocumentNode*>(this)->find(key);
}

std::string describe(const DocumentNode& node) {
  switch (node.kind) {
    case DocumentNode::Kind::map:
      return "a mapping";
    case DocumentNode::Kind::list:
      return "a list";
    case DocumentNode::Kind::scalar:
      return "'" + node.scalar + "'";
    case DocumentNode::Kind::nothing:
      break;
  }
  return "nothing";
}

DocumentNode parse_document(const std::string& text, const std::string& file) {
  check_characters(text, file);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      throw UserError(position(file, documents[1].Mark()), "a second document begins here");
    if (documents.empty()) return {DocumentNode::Kind::nothing, {file}, {}, {}, {}};
    return Converter(text, file).convert(documents[0]);
  } catch (const YAML::Exception& error) {
    throw UserError(position(file, error.mark), "not YAML: " + error.msg);
  }
}

}  // namespace systolith
