#include "hw/arch/machine_rules.h"

#include <algorithm>
#include <set>

#include "hw/arch/level_paths.h"
#include "hw/arch/quantity_text.h"
#include "hw/arch/sub_arrays.h"

namespace systolith {
namespace {

std::string print(Bytes size) { return format_quantity(size.count(), size_units()); }

// A banked memory holds the same whole number of words in every bank.
void check_banks(const std::string& path, Bytes capacity, std::int64_t banks, Bytes width,
                 const Complaint& complain) {
  const Bytes stripe = width * banks;
  if (capacity.count() % stripe.count() != 0)
    complain({path + ".capacity", path + ".width", path + ".banks"},
             fmt::format("the capacity of {} is not a multiple of {} ({} banks x {})",
                         print(capacity), print(stripe), banks, print(width)));
}

void check_datapath(const Machine& machine, const Complaint& complain) {
  const DatapathConfig& datapath = machine.core.datapath;
  const bool integers =
      !std::all_of(datapath.native.begin(), datapath.native.end(), &systolith::is_float);
  const Format fitting = integers ? Format::int32 : Format::fp32;
  if (datapath.accumulate != fitting)
    complain({"core.datapath.accumulate"},
             fmt::format("'{}' does not suit the native formats (allowed: {})",
                         to_string(datapath.accumulate), to_string(fitting)));
}

std::string names(const std::vector<Format>& formats) {
  std::vector<std::string_view> names;
  for (const Format format : formats) names.push_back(to_string(format));
  return fmt::format("{}", fmt::join(names, ", "));
}

void check_array(const Machine& machine, const Complaint& complain) {
  const ArrayConfig& array = machine.core.array;
  const DatapathConfig& datapath = machine.core.datapath;
  const bool has_int8 = machine.supports(Format::int8);
  if (!datapath.packed.empty() && !has_int8)
    complain({"core.datapath.packed"},
             fmt::format("'{}' is multiplied by int8's PEs, which the native formats lack "
                         "(native: {})",
                         names(datapath.packed), names(datapath.native)));
  if (!array.sparsity.empty() && !array.allows("weight_stationary"))
    complain({"core.array.sparsity"},
             "sparse weights are held in the PEs, which no dataflow of the array does "
             "(weight_stationary does)");
  if (array.detail == "pe" && array.product_rows > 0)
    complain({"core.array.detail", "core.array.product_rows"},
             "the PEs are stepped without bounds to a product (allowed: closed_form)");
  if (array.detail == "pe" && !has_int8)
    complain({"core.array.detail"},
             fmt::format("'pe' steps the PEs of int8 and int4, of which the native formats have "
                         "none (native: {})",
                         names(datapath.native)));
}

void check_accumulator(const Machine& machine, const Complaint& complain) {
  const CoreConfig& core = machine.core;
  const Bytes needed(core.array.cols * 4 * core.accumulator.banks);
  if (core.accumulator.capacity < needed)
    complain({"core.accumulator.capacity", "core.array.cols", "core.accumulator.banks"},
             fmt::format("the capacity of {} is less than one row in each bank ({} needed: {} "
                         "banks x {} columns x "
                         "4B)",
                         print(core.accumulator.capacity), print(needed), core.accumulator.banks,
                         core.array.cols));
}

void check_dma(const Machine& machine, const Complaint& complain) {
  const CoreConfig& core = machine.core;
  const auto check_burst = [&](const char* path, const char* name, Bytes capacity) {
    if (core.dma.burst > capacity)
      complain({"core.dma.burst", path}, fmt::format("a burst of {} is larger than the {} ({})",
                                                     print(core.dma.burst), name, print(capacity)));
  };
  check_burst("core.scratchpad.capacity", "scratchpad", core.scratchpad.capacity);
  if (core.weights_apart())
    check_burst("core.weight_scratchpad.capacity", "weights' scratchpad",
                core.weight_scratchpad.capacity);
  if (core.dma.width && *core.dma.width > machine.interconnect.width)
    complain({"core.dma.width", "interconnect.width"},
             fmt::format("a core's port of {} is wider than the interconnect ({})",
                         print(*core.dma.width), print(machine.interconnect.width)));
}

void check_cache(const std::string& path, const LevelConfig& cache, const Complaint& complain) {
  const Bytes set = cache.line * cache.ways;
  if (cache.capacity.count() % set.count() != 0)
    complain({path + ".capacity", path + ".ways", path + ".line"},
             fmt::format("the capacity of {} is not a multiple of a set of {} ({} ways x {})",
                         print(cache.capacity), print(set), cache.ways, print(cache.line)));
  if (cache.replacement == "plru" && (cache.ways & (cache.ways - 1)) != 0)
    complain(
        {path + ".replacement", path + ".ways"},
        fmt::format("plru keeps a binary tree over the ways, of which there are {} (allowed: a "
                    "power of two)",
                    cache.ways));
}

void check_levels(const Machine& machine, const Complaint& complain) {
  std::set<std::string> names = {"dram", "interconnect"};  // what reports call the others
  for (std::size_t i = 0; i < machine.memory.size(); ++i) {
    const LevelConfig& level = machine.memory[i];
    const std::string path = fmt::format("memory.{}", i);
    if (!names.insert(level.name).second)
      complain({path + ".name"}, fmt::format("the name '{}' is taken", level.name));
    check_banks(path, level.capacity, level.banks, level.width, complain);
    if (level.kind == "cache") check_cache(path, level, complain);
    if (level.kind == "fifo" && level.capacity < largest_request(machine))
      complain({path + ".capacity", path + ".kind"},
               fmt::format("a fifo of {} has no room for a request of {}", print(level.capacity),
                           print(largest_request(machine))));
  }
  check_level_paths(machine, complain);
}

void check_interconnect(const Machine& machine, const Complaint& complain) {
  const InterconnectConfig& links = machine.interconnect;
  if (links.kind == "crossbar" && links.arbitration != "age")
    complain(
        {"interconnect.arbitration", "interconnect.kind"},
        fmt::format("a crossbar's ports serve what comes first ('{}' is for bus, mesh and ring; "
                    "allowed: age)",
                    links.arbitration));
  if (links.kind != "ring" && links.kind != "mesh") return;
  const std::int64_t packet = ceil_div(largest_request(machine).count(), links.width.count());
  const std::int64_t packets = links.kind == "ring" ? 2 : 1;
  if (links.buffer < packets * packet)
    complain({"interconnect.buffer", "interconnect.width", "core.dma.burst"},
             fmt::format("a buffer of {} flits cannot hold {} of {} x {} (at least {})",
                         links.buffer, packets == 1 ? "a packet" : "two packets", packet,
                         print(links.width), packets * packet));
}

void check_mapping(const Machine& machine, const Complaint& complain) {
  try {
    DramMapping(machine.dram.mapping, machine.dram.extents());
  } catch (const UserError& error) {
    complain({"dram.mapping", "dram.channels"}, error.what());
  }
}

void check_queues(const DramConfig& dram, const Complaint& complain) {
  if (dram.write_high >= dram.write_queue)
    complain({"dram.write_high", "dram.write_queue"},
             fmt::format("write_high is {}, but write_queue holds {} (allowed: less)",
                         dram.write_high, dram.write_queue));
  if (dram.write_low >= dram.write_high)
    complain({"dram.write_low", "dram.write_high"},
             fmt::format("write_low is {}, but write_high is {} (allowed: less)", dram.write_low,
                         dram.write_high));
}

// Between two refreshes a row must have time to be opened, read or written, and closed.
void check_timing(const DramConfig& dram, const Complaint& complain) {
  for (const auto& timing : dram.timing)
    if (dram.facts.timings.count(timing.first) == 0)
      complain({"dram.timing." + timing.first},
               fmt::format("{} has no timing {}", dram.standard, timing.first));
  const auto clocks = [&](const char* name) {
    const auto found = dram.timing.find(name);
    if (found != dram.timing.end()) return found->second;
    const auto standard = dram.facts.timings.find(name);
    return standard == dram.facts.timings.end() ? 0 : standard->second;
  };
  const std::int64_t access =
      clocks("RCD") + std::max(clocks("RAS"), clocks("CWL") + clocks("WR")) +
      std::max(clocks("RP"), clocks("RPAB")) + 2 * dram.facts.burst_cycles.count();
  const std::int64_t needed = std::max(clocks("RFC"), clocks("RFCB")) + access;
  if (dram.refresh != "none" && clocks("REFI") <= needed)
    complain({"dram.timing.REFI", "dram.timing"},
             fmt::format("REFI of {} leaves no time between refreshes (allowed: more than {})",
                         clocks("REFI"), needed));
}

void check_dram(const Machine& machine, const Complaint& complain) {
  const DramConfig& dram = machine.dram;
  check_mapping(machine, complain);
  check_queues(dram, complain);
  check_timing(dram, complain);
  const Bytes limit(std::int64_t{1} << AddressMap::kLevelShift);
  if (dram.channel_capacity().count() > limit.count() / dram.channels)
    complain({"dram.channels", "dram.standard"},
             fmt::format("{} channels of {} are more than {}", dram.channels,
                         print(dram.channel_capacity()), print(limit)));
}

}  // namespace

void check_machine_rules(const Machine& machine, const Complaint& complain) {
  check_datapath(machine, complain);
  check_array(machine, complain);
  for (const auto& [path, part] :
       {std::pair{"core.scratchpad", machine.core.scratchpad},
        std::pair{"core.weight_scratchpad", machine.core.weight_scratchpad}})
    check_banks(path, part.capacity, part.banks, part.width, complain);
  check_accumulator(machine, complain);
  check_dma(machine, complain);
  check_interconnect(machine, complain);
  check_levels(machine, complain);
  check_dram(machine, complain);
  check_sub_arrays(machine, complain);
}

}  // namespace systolith
