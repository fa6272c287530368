#include "traces/format/validate.h"

#include <algorithm>
#include <set>

#include "hw/base/error.h"
#include "hw/isa/fields.h"
#include "hw/isa/names.h"
#include "hw/isa/validate.h"
#include "traces/format/header_words.h"
#include "traces/format/text_words.h"

namespace systolith {
namespace {

void check_layer(const ProgramLayer& layer, std::size_t number) {
  for (const std::int64_t count : {layer.macs, layer.weight_bytes, layer.dram_bytes_stated})
    if (count < 0) user_error("layer {} {}: a count is negative", number, quoted(layer.name));
}

// Bytes that the shape takes, its innermost extent whole ones; -1 beyond what can be addressed.
std::int64_t shape_bytes(const ProgramTensor& tensor) {
  std::int64_t rows = 1, row = 1;
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 1 || __builtin_mul_overflow(rows, row, &rows) || rows > kReach) return -1;
    row = extent;
  }
  std::int64_t bytes = 0;
  if (row > kReach || __builtin_mul_overflow(rows, packed_bytes(tensor.format, row), &bytes))
    return -1;
  return bytes > kReach ? -1 : bytes;
}

void check_tensor(const ProgramTensor& tensor) {
  const auto refuse = [&](const std::string& reason) {
    throw UserError(fmt::format("tensor {}: {}", quoted(tensor.name), reason));
  };
  if (!find_value(enum_table<Format>(), static_cast<std::uint8_t>(tensor.format)))
    refuse(fmt::format("unknown number format {}", static_cast<int>(tensor.format)));
  if (tensor.role > TensorRole::state)
    refuse(fmt::format("unknown role {}", static_cast<int>(tensor.role)));
  if (tensor.bytes < 0 || tensor.bytes > kReach || tensor.address > std::uint64_t{kReach})
    refuse(fmt::format("address {:#x} or bytes {} beyond 2^52", tensor.address, tensor.bytes));
  const std::int64_t needed = shape_bytes(tensor);
  if (needed < 0) refuse("an extent of its shape is below 1 or its shape is over 2^52 bytes");
  if (needed > tensor.bytes)
    refuse(fmt::format("its shape takes {} bytes, but it has {}", needed, tensor.bytes));
  for (const std::int64_t extent : tensor.logical_shape)
    if (extent < 1) refuse(fmt::format("extent {} in its logical shape", extent));
  if (std::find(kLayouts.begin(), kLayouts.end(), tensor.layout) == kLayouts.end())
    refuse(unknown_name_message("layout", tensor.layout, {kLayouts.begin(), kLayouts.end()}));
}

void check_phases(const ProgramHeader& header) {
  for (const ProgramLayer& layer : header.layers)
    if (std::find(kPhases.begin(), kPhases.end(), layer.phase) == kPhases.end())
      user_error("layer {}: {}", quoted(layer.name),
                 unknown_name_message("phase", layer.phase, {kPhases.begin(), kPhases.end()}));
  if (header.memory.dram_bytes < 0 || header.memory.live_bytes < 0)
    user_error("the memory planned is negative");
}

void check_names(const std::vector<ProgramTensor>& tensors) {
  std::set<std::pair<TensorRole, std::string_view>> names;
  for (const auto& tensor : tensors)
    if (!names.insert({tensor.role, tensor.name}).second)
      user_error("two tensors of one role are called {}", quoted(tensor.name));
}

void check_data(const std::vector<ProgramData>& data) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  // begin, end
  for (const auto& segment : data) {
    if (segment.address > std::uint64_t{kReach} || segment.bytes.size() > std::uint64_t{kReach})
      user_error("data at {:#x} is beyond 2^52", segment.address);
    if (!segment.bytes.empty())
      ranges.emplace_back(segment.address, segment.address + segment.bytes.size());
  }
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].first < ranges[i - 1].second)
      user_error("data at {:#x} overlaps data at {:#x}", ranges[i].first, ranges[i - 1].first);
}

}  // namespace

ProgramValidator::ProgramValidator(const ProgramHeader& header) : header_(header) {
  if (header.cores == 0) user_error("a program has at least one core");
  for (std::size_t i = 0; i < header.layers.size(); ++i) check_layer(header.layers[i], i);
  for (const auto& tensor : header.tensors) check_tensor(tensor);
  check_names(header.tensors);
  check_phases(header);
  check_data(header.data);
  seen_.resize(header.cores);
  furthest_.resize(header.cores);
}

void ProgramValidator::command(const Command& command) {
  const auto core = static_cast<std::size_t>(command.core);
  if (core >= seen_.size())
    user_error("a command is for core {}, but the program has {}", core, seen_.size());
  const auto refuse = [&](const std::string& reason) {
    throw UserError(fmt::format("core {} command {}: {}", core, command.index, reason));
  };
  if (command.index != seen_[core])
    refuse(fmt::format("out of sequence; expected {}", seen_[core]));
  if (static_cast<std::size_t>(command.layer) >= header_.layers.size())
    refuse(fmt::format("is of layer {}, but the program has {} layers",
                       static_cast<std::uint32_t>(command.layer), header_.layers.size()));
  for (const CommandRef ref : command.after) reference(command, ref);
  if (const auto defect = defect_of(command.operation)) refuse(*defect);
  ++seen_[core];
}

void ProgramValidator::reference(const Command& command, CommandRef ref) {
  const auto refuse = [&](const std::string& reason) {
    throw UserError(fmt::format("core {} command {}: waits for {}",
                                static_cast<std::uint16_t>(command.core), command.index, reason));
  };
  const auto core = static_cast<std::size_t>(ref.core);
  if (core >= seen_.size())
    refuse(fmt::format("core {}, but the program has {}", core, seen_.size()));
  if (ref.core == command.core) {
    if (ref.index >= command.index)
      refuse(fmt::format("command {}, which is not before it", ref.index));
    return;
  }
  if (!lengths_.empty() && ref.index >= lengths_[core])
    refuse(
        fmt::format("core {} command {}, but that core has {}", core, ref.index, lengths_[core]));
  Furthest& furthest = furthest_[core];
  if (!furthest.any || ref.index > furthest.target.index)
    furthest = {ref, {command.core, command.index}, true};
}

void ProgramValidator::finish() const {
  for (std::size_t core = 0; core < seen_.size(); ++core) {
    const Furthest& furthest = furthest_[core];
    if (furthest.any && furthest.target.index >= seen_[core])
      user_error("core {} command {}: waits for core {} command {}, but that core has {}",
                 static_cast<std::uint16_t>(furthest.waiter.core), furthest.waiter.index, core,
                 furthest.target.index, seen_[core]);
  }
}

void validate_program(const Program& program) {
  ProgramValidator validator(program.header);
  if (program.streams.size() != program.header.cores)
    user_error("the program has {} streams for {} cores", program.streams.size(),
               program.header.cores);
  for (std::size_t core = 0; core < program.streams.size(); ++core)
    for (const Command& command : program.streams[core]) {
      if (static_cast<std::size_t>(command.core) != core)
        user_error("the stream of core {} has a command of core {}", core,
                   static_cast<std::uint16_t>(command.core));
      validator.command(command);
    }
  validator.finish();
}

}  // namespace systolith
