// The binary form of commands. A command is
//   varint   opcode * 2 + (layer and tenant as in the command before ? 0 : 1)
//   varint   layer, tenant, where that bit is 1
//   varint   number of commands waited for; for each: core + 1, or 0 for its own, then the
//            zigzag distance from its index to this command's
//   varint   mask: bit i set where field i (hw/isa/fields.h) differs from the last command of this
//            opcode (from the default in the first)
//   varints  for each such field and each of its elements: the zigzag difference of the words
// Core and index are implied by the stream.
#pragma once

#include <string>

#include "hw/isa/command.h"
#include "hw/isa/varint.h"

namespace systolith {

// What the next command is predicted from: the same at both ends, reset at a chunk's beginning.
struct CommandContext {
  std::tuple<Load, Store, Preload, Matmul, VectorOp, Sync> last;
  LayerId layer{};
  TenantId tenant{};
};

void encode(const Command& command, CommandContext& context, std::string& out);

// Fills `command`, whose core and index the caller has set. Throws UserError, without a place, on
// bytes that are no command; values are not validated (hw/isa/validate.h).
void decode(ByteReader& in, CommandContext& context, Command& command);

}  // namespace systolith
