// Seeded random commands and programs, over the table of fields: every field takes its default, its
// limits and values between.
#pragma once

#include <random>

#include "hw/isa/names.h"
#include "hw/isa/parse.h"
#include "hw/isa/validate.h"
#include "hw/isa/words.h"
#include "traces/format/program.h"

namespace systolith::testing {

class RandomProgram {
 public:
  explicit RandomProgram(std::uint64_t seed) : engine_(seed) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int one_in) { return integer(1, one_in) == 1; }

  // Valid by itself: products that get too large are drawn again.
  Operation operation(Opcode opcode) {
    for (;;) {
      Operation operation = default_operation(opcode);
      std::visit([&](auto& op) { fill(op), repair(op); }, operation);
      if (!defect_of(operation)) return operation;
    }
  }

  Command command(CoreId core, std::uint64_t index, const std::vector<std::uint64_t>& lengths,
                  std::size_t layers) {
    Command command;
    command.core = core;
    command.index = index;
    command.layer = static_cast<LayerId>(integer(0, static_cast<std::int64_t>(layers) - 1));
    command.tenant = static_cast<TenantId>(chance(4) ? integer(0, 0xffff) : 0);
    for (std::int64_t i = integer(0, 6); i > 0 && index > 0; --i)
      command.after.push_back({core, drawn_below(index)});
    for (std::size_t other = 0; other < lengths.size(); ++other)
      if (chance(4) && other != static_cast<std::size_t>(core) && lengths[other] > 0)
        command.after.push_back({static_cast<CoreId>(other), drawn_below(lengths[other])});
    command.operation = operation(static_cast<Opcode>(integer(0, 5)));
    return command;
  }

  Program program(std::size_t cores, std::uint64_t longest) {
    Program program;
    program.header = header(cores);
    std::vector<std::uint64_t> lengths(cores);
    for (auto& length : lengths) length = drawn_below(longest + 1);
    program.streams.resize(cores);
    for (std::size_t core = 0; core < cores; ++core)
      for (std::uint64_t i = 0; i < lengths[core]; ++i)
        program.streams[core].push_back(
            command(static_cast<CoreId>(core), i, lengths, program.header.layers.size()));
    return program;
  }

  ProgramHeader header(std::size_t cores) {
    ProgramHeader header;
    header.workload = text();
    header.machine = text();
    header.fingerprint = engine_();
    header.cores = static_cast<std::uint16_t>(cores);
    for (std::int64_t i = integer(1, 4); i > 0; --i)
      header.layers.push_back({text(), text(), text(), integer(0, 1 << 30), integer(0, 9), 0});
    std::uint64_t address = 0;
    for (std::int64_t i = integer(0, 4); i > 0; --i) header.tensors.push_back(tensor(i, address));
    for (std::int64_t i = integer(0, 2); i > 0; --i) {
      header.data.push_back({address, std::vector<std::uint8_t>(drawn_below(100))});
      for (auto& byte : header.data.back().bytes) byte = static_cast<std::uint8_t>(engine_());
      address += 128;
    }
    return header;
  }

 private:
  std::uint64_t drawn_below(std::uint64_t end) {
    return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(engine_);
  }

  // Any bytes at all, quotes, controls and non-ASCII among them.
  std::string text() {
    std::string text;
    for (std::int64_t i = integer(0, 12); i > 0; --i)
      text += static_cast<char>(chance(3) ? integer(0, 255) : integer('a', 'z'));
    return text;
  }

  ProgramTensor tensor(std::int64_t number, std::uint64_t& address) {
    ProgramTensor tensor;
    tensor.name = text() + std::to_string(number);
    tensor.role = static_cast<TensorRole>(integer(0, 2));
    tensor.format = static_cast<Format>(integer(0, 5));
    tensor.address = address;
    fill_scalar(tensor.scale, kNone);
    tensor.zero_point = static_cast<std::int32_t>(integer(-128, 127));
    std::int64_t rows = 1, row = 1;
    for (std::int64_t i = integer(0, 4); i > 0; --i) {
      rows *= row;
      tensor.shape.push_back(row = integer(1, 9));
    }
    tensor.bytes = rows * packed_bytes(tensor.format, row);
    tensor.logical_shape = tensor.shape;
    address += static_cast<std::uint64_t>(tensor.bytes);
    return tensor;
  }

  template <class T>
  void fill_scalar(T& scalar, const FieldRange& range) {
    if constexpr (std::is_enum_v<T>) {
      const auto& entries = enum_table<T>().entries;
      scalar = static_cast<T>(entries[drawn_below(entries.size())].value);
    } else if constexpr (std::is_same_v<T, bool>) {
      scalar = chance(2);
    } else if constexpr (std::is_same_v<T, float>) {
      from_word(engine_() & 0xffffffff, scalar);  // any bits: infinities and NaNs too
      if (chance(3)) scalar = static_cast<float>(integer(-8, 8)) / 4;
    } else {
      const bool wide = chance(4);
      const std::int64_t high = wide ? range.high : std::min<std::int64_t>(range.high, 64);
      const std::int64_t low = wide ? range.low : std::max<std::int64_t>(range.low, -64);
      scalar = static_cast<T>(chance(8) ? high : integer(low, high));
    }
  }

  void fill_field(std::array<TransferLoop, 3>& loops, const FieldRange& range) {
    for (auto& loop : loops) {
      if (chance(2)) continue;
      loop.count = integer(1, 1000);
      fill_scalar(loop.system_stride, range);
      fill_scalar(loop.local_stride, range);
    }
  }
  template <class T>
  void fill_field(T& field, const FieldRange& range) {
    for_each_scalar(field, [&](auto& scalar) { fill_scalar(scalar, range); });
  }

  template <class Op>
  void fill(Op& op) {
    visit_fields(OperationType<Op>{}, [&](const Field& field, auto access) {
      if (chance(2)) fill_field(access(op), field.range);
    });
  }

  // Makes what relates fields to each other hold, where chance alone rarely would.
  template <class Op>
  void repair(Op&) {}
  void repair(Load& load) { repair_transfer(load); }
  void repair(Store& store) {
    store.pad = {};
    repair_transfer(store);
  }
  void repair_transfer(Transfer& t) {
    if (t.pad.any()) t.half_bytes = HalfBytes::kept;
    t.element = t.pad.any() ? 0 : t.half_bytes != HalfBytes::kept ? 1 : 1 << integer(0, 3);
    if (t.element == 0) return;
    t.system_address &= ~std::uint64_t{7};
    t.run = integer(1, 100) * t.element;
    t.element_stride = integer(-100, 100);
    for (TransferLoop& loop : t.loops) loop.system_stride &= ~std::int64_t{7};
  }
  void repair(Preload& p) {
    p.blocks = static_cast<std::int32_t>(integer(1, 4));
    p.rows = p.cols = p.blocks * static_cast<std::int32_t>(integer(1, 16));
  }
  void repair(Matmul& m) {
    m.blocks = static_cast<std::int32_t>(integer(1, 4));
    m.rows = m.cols = m.blocks * static_cast<std::int32_t>(integer(1, 16));
    m.feed.channels = kInt32Max;
    m.feed.k_begin = static_cast<std::int32_t>(integer(0, 100));
  }
  void repair(VectorOp& v) {
    for (Operand* operand : {&v.destination, &v.a, &v.b})
      if (operand->space == Space::none) operand->space = Space::accumulator;
    for (auto& extent : v.shape) extent = static_cast<std::int32_t>(integer(1, 300));
  }

  std::mt19937_64 engine_;
};

}  // namespace systolith::testing
