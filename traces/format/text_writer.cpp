#include "traces/format/text_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "hw/base/error.h"
#include "hw/isa/print.h"
#include "traces/format/header_words.h"
#include "traces/format/layout.h"
#include "traces/format/text_words.h"

namespace systolith {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? std::string(kScalarShape) : fmt::format("{}", fmt::join(shape, "x"));
}

void write_tensor(std::string& out, const ProgramTensor& t) {
  fmt::format_to(
      std::back_inserter(out),
      "tensor {} {} address {:#x} bytes {} format {} scale {} zero {} shape {} logical {}",
      kTensorRoles[static_cast<std::size_t>(t.role)], quoted(t.name), t.address, t.bytes,
      to_string(t.format), to_text(t.scale), t.zero_point, shape_text(t.shape),
      shape_text(t.logical_shape));
  out += t.layout == kLayouts[0] ? "\n" : fmt::format(" layout {}\n", t.layout);
}

void write_data(std::string& out, const ProgramData& data) {
  constexpr std::size_t kBytesPerLine = 32;
  constexpr char kDigits[] = "0123456789abcdef";
  fmt::format_to(std::back_inserter(out), "data {:#x} bytes {}\n", data.address, data.bytes.size());
  for (std::size_t i = 0; i < data.bytes.size(); ++i) {
    if (i % kBytesPerLine == 0) out += i == 0 ? "  " : "\n  ";
    out += kDigits[data.bytes[i] >> 4];
    out += kDigits[data.bytes[i] & 15];
  }
  if (!data.bytes.empty()) out += '\n';
}

}  // namespace

std::string header_text(const ProgramHeader& header) {
  std::string out = fmt::format("{} {}\n", kTextMagic, kProgramVersion);
  const auto append = std::back_inserter(out);
  fmt::format_to(append, "workload {}\n", quoted(header.workload));
  fmt::format_to(append, "machine {} fingerprint {:#x}\n", quoted(header.machine),
                 header.fingerprint);
  fmt::format_to(append, "cores {}\n", header.cores);
  const PlannedMemory& memory = header.memory;
  if (memory.dram_bytes != 0 || memory.live_bytes != 0)
    fmt::format_to(append, "memory dram_bytes {} live_bytes {}\n", memory.dram_bytes,
                   memory.live_bytes);
  for (std::size_t i = 0; i < header.layers.size(); ++i) {
    const ProgramLayer& layer = header.layers[i];
    fmt::format_to(append, "layer {} {} op {} format {} macs {} weight_bytes {} dram_bytes {}", i,
                   quoted(layer.name), quoted(layer.op), quoted(layer.format), layer.macs,
                   layer.weight_bytes, layer.dram_bytes_stated);
    out += layer.phase.empty() ? "\n" : fmt::format(" phase {}\n", layer.phase);
  }
  for (const auto& tensor : header.tensors) write_tensor(out, tensor);
  for (const auto& data : header.data) write_data(out, data);
  return out;
}

std::string command_text(const Command& command) {
  const std::string operation = to_text(command.operation);
  const std::size_t name_end = std::min(operation.find(' '), operation.size());
  std::string out = fmt::format("{}: {}", command.index, operation.substr(0, name_end));
  const auto append = std::back_inserter(out);
  if (!command.after.empty()) out += " after";
  for (const CommandRef ref : command.after) {
    if (ref.core == command.core)
      fmt::format_to(append, " {}", ref.index);
    else
      fmt::format_to(append, " {}:{}", static_cast<std::uint16_t>(ref.core), ref.index);
  }
  if (command.layer != LayerId{})
    fmt::format_to(append, " layer={}", static_cast<std::uint32_t>(command.layer));
  if (command.tenant != TenantId{})
    fmt::format_to(append, " tenant={}", static_cast<std::uint16_t>(command.tenant));
  return out.append(operation, name_end);
}

void write_text(CommandSource& program, std::ostream& out) {
  out << header_text(program.header());
  Command command;
  for (std::size_t core = 0; core < program.header().cores; ++core) {
    out << "core " << core << '\n';
    while (program.next(static_cast<CoreId>(core), command))
      out << "  " << command_text(command) << '\n';
  }
  out << "end\n";
}

void write_text(const Program& program, std::ostream& out) {
  ProgramSource source(program);
  write_text(source, out);
}

}  // namespace systolith
