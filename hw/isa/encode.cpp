#include "hw/isa/encode.h"

#include "hw/isa/words.h"

namespace systolith {
namespace {

template <class Op>
std::uint64_t changed_fields(const Op& op, const Op& last) {
  std::uint64_t mask = 0;
  int bit = 0;
  visit_fields(OperationType<Op>{}, [&](const Field&, auto access) {
    if (!same_words(access(op), access(last))) mask |= std::uint64_t{1} << bit;
    ++bit;
  });
  SYSTOLITH_CHECK(bit <= 64, "{} fields don't fit the mask", bit);
  return mask;
}

template <class Op>
void encode_fields(const Op& op, Op& last, std::string& out) {
  std::uint64_t mask = changed_fields(op, last);
  put_varint(out, mask);
  visit_fields(OperationType<Op>{}, [&](const Field&, auto access) {
    if (mask & 1) {
      std::array<std::uint64_t, 9> before{};  // the widest field: three loops of three
      std::size_t i = 0;
      for_each_scalar(access(last), [&](auto scalar) { before[i++] = to_word(scalar); });
      i = 0;
      for_each_scalar(access(op),
                      [&](auto scalar) { put_varint(out, zigzag(to_word(scalar) - before[i++])); });
    }
    mask >>= 1;
  });
  last = op;
}

template <class Op>
void decode_fields(ByteReader& in, Op& last) {
  std::uint64_t mask = in.varint();
  visit_fields(OperationType<Op>{}, [&](const Field& field, auto access) {
    if (mask & 1)
      for_each_scalar(access(last), [&](auto& scalar) {
        if (!from_word(to_word(scalar) + unzigzag(in.varint()), scalar))
          user_error("field '{}' is out of its type's range", field.name);
      });
    mask >>= 1;
  });
  if (mask != 0) user_error("a command has fields that this build doesn't know");
}

template <std::size_t... i>
void decode_operation(ByteReader& in, CommandContext& context, std::uint64_t opcode,
                      Operation& operation, std::index_sequence<i...>) {
  const auto decode_if = [&](auto index) {
    if (opcode != index) return;
    auto& last = std::get<index>(context.last);
    decode_fields(in, last);
    operation = last;
  };
  (decode_if(std::integral_constant<std::size_t, i>{}), ...);
}

void decode_after(ByteReader& in, Command& command) {
  const std::uint64_t count = in.varint();
  if (count > in.left() / 2) user_error("a command waits for more commands than its section holds");
  command.after.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t core = in.varint();
    if (core > 0x10000) user_error("a command waits for a core beyond the highest number");
    command.after.push_back({core == 0 ? command.core : static_cast<CoreId>(core - 1),
                             command.index - unzigzag(in.varint())});
  }
}

}  // namespace

void encode(const Command& command, CommandContext& context, std::string& out) {
  const bool moved = command.layer != context.layer || command.tenant != context.tenant;
  put_varint(out, command.operation.index() * 2 + moved);
  if (moved) {
    put_varint(out, static_cast<std::uint64_t>(context.layer = command.layer));
    put_varint(out, static_cast<std::uint64_t>(context.tenant = command.tenant));
  }
  put_varint(out, command.after.size());
  for (const CommandRef ref : command.after) {
    put_varint(out, ref.core == command.core ? 0 : static_cast<std::uint64_t>(ref.core) + 1);
    put_varint(out, zigzag(command.index - ref.index));
  }
  std::visit(
      [&](const auto& op) {
        encode_fields(op, std::get<std::decay_t<decltype(op)>>(context.last), out);
      },
      command.operation);
}

void decode(ByteReader& in, CommandContext& context, Command& command) {
  const std::uint64_t head = in.varint();
  const std::uint64_t opcode = head / 2;
  if (opcode >= std::variant_size_v<Operation>) user_error("unknown command number {}", opcode);
  if (head % 2 != 0) {
    if (!from_word(in.varint(), context.layer)) user_error("a layer number has over 32 bits");
    if (!from_word(in.varint(), context.tenant)) user_error("a tenant number has over 16 bits");
  }
  command.layer = context.layer;
  command.tenant = context.tenant;
  decode_after(in, command);
  decode_operation(in, context, opcode, command.operation,
                   std::make_index_sequence<std::variant_size_v<Operation>>{});
}

}  // namespace systolith
