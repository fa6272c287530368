#include <charconv>

#include "hw/arch/document.h"

namespace systolith {
namespace {

class Override {
 public:
  explicit Override(const std::string& assignment) : origin_{"--set " + assignment} {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) fail("expected path.to.key=value");
    split(assignment.substr(0, equals));
    try {
      value_ = parse_document(assignment.substr(equals + 1), "");
    } catch (const UserError& error) {
      fail(error.what());
    }
    set_origin(value_);
  }

  void apply(DocumentNode& root) const {
    DocumentNode* node = &root;
    std::string path;
    for (const std::string& segment : path_) {
      node = is_index(segment) ? element(*node, path, segment) : member(*node, path, segment);
      path += (path.empty() ? "" : ".") + segment;
    }
    *node = value_;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { throw UserError(origin_, message); }

  void split(const std::string& path) {
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('.', begin), path.size());
      if (end == begin) fail("empty key in the path (expected path.to.key=value)");
      path_.push_back(path.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  void set_origin(DocumentNode& node) const {
    node.where = origin_;
    for (DocumentNode& item : node.items) set_origin(item);
    for (DocumentEntry& entry : node.entries) {
      entry.where = origin_;
      set_origin(entry.value);
    }
  }

  static bool is_index(const std::string& segment) {
    return segment.find_first_not_of("0123456789") == std::string::npos;
  }

  void make(DocumentNode& node, DocumentNode::Kind kind, const std::string& path) const {
    if (node.kind == DocumentNode::Kind::nothing) {
      node.kind = kind;
      node.where = origin_;
    }
    if (node.kind != kind)
      fail(fmt::format("{}: is {}, not {}", path.empty() ? "the description" : path, describe(node),
                       kind == DocumentNode::Kind::list ? "a list" : "a mapping"));
  }

  DocumentNode* member(DocumentNode& node, const std::string& path, const std::string& key) const {
    make(node, DocumentNode::Kind::map, path);
    if (DocumentNode* found = node.find(key)) return found;
    node.entries.push_back({key, origin_, {}});
    return &node.entries.back().value;
  }

  DocumentNode* element(DocumentNode& node, const std::string& path,
                        const std::string& segment) const {
    make(node, DocumentNode::Kind::list, path);
    std::size_t index = node.items.size() + 1;
    std::from_chars(segment.data(), segment.data() + segment.size(), index);
    if (index > node.items.size())
      fail(fmt::format("{}: there is no element {} ({} elements)", path, segment,
                       node.items.size()));
    if (index == node.items.size()) node.items.emplace_back();
    return &node.items[index];
  }

  SourcePosition origin_;
  std::vector<std::string> path_;
  DocumentNode value_;
};

}  // namespace

void apply_override(DocumentNode& root, const std::string& assignment) {
  Override(assignment).apply(root);
}

}  // namespace systolith
