// Where a protobuf message stops making sense. Protobuf's own parser only says that it does.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <string_view>

namespace systolith {

struct WireFault {
  std::size_t offset = 0;  // of the field that breaks, in bytes from the start
  std::string field;       // "graph.node.attribute"; empty at the top level
  std::string reason;
};

// Walks the encoding (tags, lengths, nesting), not the values. Nothing where it is sound.
std::optional<WireFault> find_wire_fault(const google::protobuf::Descriptor& message,
                                         std::string_view bytes);

}  // namespace systolith
