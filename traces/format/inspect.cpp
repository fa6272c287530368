#include "traces/format/inspect.h"

#include <fmt/format.h>

#include <iterator>
#include <sstream>

#include "hw/base/error.h"
#include "hw/isa/names.h"
#include "hw/isa/words.h"
#include "traces/format/text_words.h"
#include "traces/format/text_writer.h"

namespace systolith {
namespace {

// Sums of what no real program exceeds, but a hostile one may.
void add(std::int64_t& sum, std::int64_t value) {
  if (__builtin_add_overflow(sum, value, &sum)) user_error("the program's totals exceed 2^63");
}

void count(CommandStats& stats, const Command& command) {
  add(stats.commands, 1);
  if (const auto* load = std::get_if<Load>(&command.operation))
    add(stats.bytes_loaded, load->bytes());
  if (const auto* store = std::get_if<Store>(&command.operation))
    add(stats.bytes_stored, store->bytes());
  if (const auto* matmul = std::get_if<Matmul>(&command.operation)) add(stats.macs, matmul->macs());
}

// Lines of differences, up to a limit.
class Differences {
 public:
  Differences(std::int64_t limit, std::ostream& out) : limit_(limit), out_(out) {}

  // Empty: not there.
  void found(const std::string& place, const std::string& a, const std::string& b) {
    if (++count_ > limit_) return;
    out_ << place << '\n';
    if (!a.empty()) out_ << "- " << a << '\n';
    if (!b.empty()) out_ << "+ " << b << '\n';
  }
  std::int64_t count() const { return count_; }

 private:
  std::int64_t limit_;
  std::ostream& out_;
  std::int64_t count_ = 0;
};

void diff_headers(const ProgramHeader& a, const ProgramHeader& b, Differences& differences) {
  std::istringstream lines_a(header_text(a)), lines_b(header_text(b));
  for (int line = 1; lines_a || lines_b; ++line) {
    std::string line_a, line_b;
    std::getline(lines_a, line_a);
    std::getline(lines_b, line_b);
    if (line_a != line_b) differences.found(fmt::format("header line {}", line), line_a, line_b);
  }
}

void diff_streams(CommandSource& a, CommandSource& b, CoreId core, Differences& differences) {
  const bool has_a = static_cast<std::size_t>(core) < a.header().cores;
  const bool has_b = static_cast<std::size_t>(core) < b.header().cores;
  Command command_a, command_b;
  for (std::uint64_t index = 0;; ++index) {
    const bool more_a = has_a && a.next(core, command_a);
    const bool more_b = has_b && b.next(core, command_b);
    if (!more_a && !more_b) return;
    if (more_a && more_b && same_command(command_a, command_b)) continue;
    differences.found(fmt::format("core {} command {}", static_cast<std::uint16_t>(core), index),
                      more_a ? command_text(command_a) : "", more_b ? command_text(command_b) : "");
  }
}

}  // namespace

ProgramStats stats_of(CommandSource& program) {
  ProgramStats stats;
  stats.by_layer.resize(program.header().layers.size());
  stats.by_core.resize(program.header().cores);
  Command command;
  for (std::size_t core = 0; core < stats.by_core.size(); ++core)
    while (program.next(static_cast<CoreId>(core), command)) {
      ++stats.by_core[core];
      ++stats.by_opcode.at(command.operation.index());
      count(stats.total, command);
      count(stats.by_layer.at(static_cast<std::size_t>(command.layer)), command);
      stats.waits += static_cast<std::int64_t>(command.after.size());
      for (const CommandRef ref : command.after)
        stats.waits_across_cores += ref.core != command.core;
    }
  return stats;
}

std::string stats_text(const ProgramHeader& header, const ProgramStats& stats) {
  std::string out;
  const auto append = std::back_inserter(out);
  fmt::format_to(append, "workload {}, machine {}\n\n", quoted(header.workload),
                 quoted(header.machine));
  fmt::format_to(append, "{:<10} {:>12}\n", "command", "count");
  for (const auto& opcode : enum_table<Opcode>().entries)
    fmt::format_to(append, "{:<10} {:>12}\n", opcode.name, stats.by_opcode[opcode.value]);
  fmt::format_to(append, "{:<10} {:>12}\n\n", "total", stats.total.commands);
  for (std::size_t core = 0; core < stats.by_core.size(); ++core)
    fmt::format_to(append, "{:<10} {:>12}\n", fmt::format("core {}", core), stats.by_core[core]);
  fmt::format_to(append, "{:<10} {:>12}\n{:<10} {:>12}\n\n", "waits", stats.waits, "of others",
                 stats.waits_across_cores);
  const auto row = [&](const std::string& layer, const CommandStats& s) {
    fmt::format_to(append, "{:<32} {:>10} {:>14} {:>14} {:>16}\n", layer, s.commands,
                   s.bytes_loaded, s.bytes_stored, s.macs);
  };
  fmt::format_to(append, "{:<32} {:>10} {:>14} {:>14} {:>16}\n", "layer", "commands",
                 "bytes loaded", "bytes stored", "macs");
  for (std::size_t i = 0; i < stats.by_layer.size(); ++i)
    row(fmt::format("{} {}", i, header.layers[i].name), stats.by_layer[i]);
  row("total", stats.total);
  return out;
}

std::string check_text(const ProgramHeader& header, const ProgramStats& stats) {
  return fmt::format(
      "ok: {} commands on {} core{}, {} layers, {} tensors, {} bytes loaded, {} bytes stored, "
      "{} MACs",
      stats.total.commands, header.cores, header.cores == 1 ? "" : "s", header.layers.size(),
      header.tensors.size(), stats.total.bytes_loaded, stats.total.bytes_stored, stats.total.macs);
}

std::int64_t diff_programs(CommandSource& a, CommandSource& b, std::int64_t limit,
                           std::ostream& out) {
  Differences differences(limit, out);
  diff_headers(a.header(), b.header(), differences);
  const std::size_t cores = std::max(a.header().cores, b.header().cores);
  for (std::size_t core = 0; core < cores; ++core)
    diff_streams(a, b, static_cast<CoreId>(core), differences);
  if (differences.count() > limit)
    out << "... and " << differences.count() - limit << " more differences\n";
  return differences.count();
}

}  // namespace systolith
