// The description of one accelerator: plain data, validated on reading (hw/arch/read_machine.h).
// Every field's default is that of the `edge_npu` preset's YAML written without the field.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/dram_energy.h"
#include "hw/arch/dram_mapping.h"
#include "hw/arith/overflow.h"
#include "hw/arith/packing.h"
#include "hw/arith/requantize.h"
#include "hw/arith/sparsity.h"
#include "hw/base/units.h"

namespace systolith {

// A rectangle of a core's array that works as an array of its own (hw/arch/logical_cores.h).
struct SubArray {
  std::int64_t row = 0, col = 0;  // of its first PE
  std::int64_t rows = 0, cols = 0;
  std::string share;  // of the rest of the core, "1/4"; empty: as its PEs are of the array's
};

// PEs that lie between a sub-array and the edges of the array around it. Lanes beside them bring
// its rows and its stationary words in and take its sums out, one PE a cycle.
struct BypassLanes {
  std::int64_t left = 0, above = 0, below = 0;
};

struct ArrayConfig {
  std::int64_t rows = 32;  // the contraction runs down the rows
  std::int64_t cols = 32;
  std::vector<std::string> dataflow = {"weight_stationary"};  // YAML takes one name or a list
  std::int64_t weight_buffers = 2;  // stationary planes per PE: 1, or 2 to load behind the compute
  std::string weight_load = "pipelined";  // or chain; how a plane is filled (hw/dataflow)
  // How constant weights that leave some of the array empty are stored and brought: as they are
  // (trimmed) or with zeros up to the array's rows and columns (whole).
  std::string weight_tiles = "trimmed";
  std::int64_t product_rows = 0;        // streamed by one product; 0: any number
  std::int64_t products_in_flight = 1;  // with product_rows
  std::vector<std::string> sparsity;    // N:M of weights that the PEs' multiplexers take
  std::string detail = "closed_form";   // or pe: every PE is stepped at every edge
  std::vector<SubArray> partition;      // disjoint; empty: the array is one
  BypassLanes lanes;                    // of what logical_cores() made of a sub-array

  bool takes(Sparsity ratio) const {
    const std::string name = to_string(ratio);
    return std::find(sparsity.begin(), sparsity.end(), name) != sparsity.end();
  }
  bool allows(std::string_view name) const {
    return std::find(dataflow.begin(), dataflow.end(), name) != dataflow.end();
  }
};

struct DatapathConfig {
  std::vector<Format> native = {Format::int8};  // YAML takes one name or a list
  std::vector<Format> packed;                   // int4: multiplied beside int8 or int4
  std::string packing = "simd";        // of a PE's multiplier: a name of hw/arith/packing.h
  Format accumulate = Format::int32;   // of integer products; floats accumulate in fp32
  Overflow overflow = Overflow::wrap;  // of those sums
};

struct VectorConfig {
  std::int64_t lanes = 32;
  Format format = Format::fp32;
  Rounding rounding = Rounding::half_even;  // of int32 sums scaled into integer formats
};

struct ScratchpadConfig {
  Bytes capacity = kibibytes(512);
  std::int64_t banks = 16;  // power of two; word i lives in bank i mod banks
  Bytes width = Bytes(32);  // bytes of a bank's word; power of two
};

// Where weights have a scratchpad of their own: without capacity they are in the common one.
constexpr ScratchpadConfig kNoScratchpad{Bytes(0)};

struct AccumulatorConfig {
  Bytes capacity = kibibytes(128);  // rows of array.cols 32-bit words
  std::int64_t banks = 2;
};

struct DmaConfig {
  std::int64_t channels = 2;      // commands in flight per direction (load, store)
  std::int64_t outstanding = 64;  // bursts in flight per direction
  Bytes burst = Bytes(64);        // a request never crosses a multiple of this; power of two
  std::optional<Bytes> width =
      {};  // of a port to the interconnect; the interconnect's where not given
};

struct ControlConfig {
  std::int64_t queue_depth = 32;  // commands per engine queue
};

struct CoreConfig {
  std::int64_t count = 1;
  ArrayConfig array;
  DatapathConfig datapath;
  VectorConfig vector;
  ScratchpadConfig scratchpad;
  ScratchpadConfig weight_scratchpad = kNoScratchpad;  // its addresses follow the other's
  AccumulatorConfig accumulator;
  DmaConfig dma;
  ControlConfig control;

  bool weights_apart() const { return weight_scratchpad.capacity.count() > 0; }
  // That programs address in both scratchpads.
  Bytes local_bytes() const { return scratchpad.capacity + weight_scratchpad.capacity; }
  std::int64_t accumulator_rows() const { return accumulator.capacity.count() / (array.cols * 4); }
};

// A level between the cores' scratchpads and DRAM. Programs address scratchpads; the other kinds
// are passed through on the way to DRAM (hw/arch/level_paths.h).
struct LevelConfig {
  std::string name;
  std::string kind = "scratchpad";
  Bytes capacity = mebibytes(4);
  std::int64_t banks = 16;
  std::int64_t ports = 1;  // accesses of a bank each cycle
  Bytes width = Bytes(64);
  Cycles latency = Cycles(12);      // of its clock
  std::optional<Hertz> clock;       // the core clock where not given
  std::vector<std::int64_t> cores;  // whose it is; empty: all cores'
  std::string next;                 // a level's name or "dram"; empty: the next one that is passed
  // Of caches.
  Bytes line = Bytes(64);
  std::int64_t ways = 8;
  std::int64_t mshrs = 16;  // lines on their way
  std::string write = "back";
  std::string replacement = "lru";
};

// What a DRAM standard fixes (from its timing table, hw/dram).
struct DramStandardFacts {
  std::string name;
  Hertz clock;                                  // command clock (1 / tCK)
  Cycles burst_cycles;                          // data-bus cycles of one burst
  DramExtents extents;                          // of one rank of one pseudo channel
  std::map<std::string, std::int64_t> timings;  // in clocks: those that a machine may override
  DramPrices picojoules;                        // of one rank's events
};

struct DramConfig {
  std::string standard = "ddr4_2400";
  std::optional<Hertz> clock;  // of commands; the standard's where not given
  std::int64_t channels = 2;
  std::int64_t pseudochannels = 1;  // of a channel: a data bus each, one command bus for all
  std::int64_t ranks = 1;           // of a pseudo channel
  std::string mapping;              // hw/arch/dram_mapping.h; empty takes the default
  std::int64_t read_queue = 32, write_queue = 32;  // bursts waiting, per channel
  // More than write_high waiting writes are served before reads until write_low are left.
  std::int64_t write_high = 25, write_low = 6;
  std::string scheduler = "fr_fcfs";
  std::string page = "open";
  Cycles page_timeout = Cycles(100);  // DRAM clocks; of the page policy `timeout`
  std::string refresh = "all_bank";
  std::map<std::string, std::int64_t> timing;  // overrides of the standard's, in clocks
  DramStandardFacts facts;                     // filled from the vocabulary by the reader
  // Somebody else's memory in the place of ours (hw/dram/memory_plugin.h); empty: ours.
  std::string plugin, plugin_config;
  Bytes region;  // of each channel, where no more is to be seen of it; zero: all

  // Of all channels together.
  DramExtents extents() const {
    DramExtents all = facts.extents;
    all[DramField::channel] = channels;
    all[DramField::pseudochannel] = pseudochannels;
    all[DramField::rank] = ranks;
    return all;
  }
  Bytes burst() const { return facts.extents.burst(); }
  Bytes channel_capacity() const {
    return region > Bytes(0) ? region : facts.extents.capacity() * ranks * pseudochannels;
  }
  Bytes capacity() const { return channel_capacity() * channels; }
  double peak_bytes_per_second() const {
    return static_cast<double>(channels * pseudochannels) * static_cast<double>(burst().count()) /
           static_cast<double>(facts.burst_cycles.count()) *
           static_cast<double>(facts.clock.count());
  }
};

struct InterconnectConfig {
  std::string kind = "crossbar";
  Bytes width = Bytes(64);         // bytes a port moves each clock, each direction
  Cycles hop_latency = Cycles(2);  // of the interconnect's clock, each direction
  std::optional<Hertz> clock;      // the core clock where not given
  std::int64_t buffer = 16;        // flits behind each link, of kinds with packets
  std::string arbitration = "age";
  std::int64_t columns = 0;  // of a mesh; 0: as square as it can be
};

// What a technology's events and parts cost. `source` cites where the numbers come from.
struct EnergyTable {
  std::string name;
  std::string source;
  std::map<std::string, double> picojoules;          // keys: see hw/arch/energy_keys.h
  std::map<std::string, double> square_micrometers;  // keys: see hw/arch/area_keys.h
};

struct Machine {
  std::string name = "machine";
  Hertz clock = Hertz(1'000'000'000);
  CoreConfig core;
  std::vector<LevelConfig> memory;  // nearest first
  DramConfig dram;
  InterconnectConfig interconnect;
  EnergyTable energy;

  bool supports(Format format) const {
    for (const Format f : core.datapath.native)
      if (f == format) return true;
    return false;
  }
  // Whether the array takes weights of `weights` against streamed `operands`.
  bool multiplies(Format operands, Format weights) const {
    if (is_float(operands) != is_float(weights)) return false;
    if (weights != Format::int4) return supports(operands) && supports(weights);
    for (const Format f : core.datapath.packed)
      if (f == weights) return supports(operands) || (operands == f && supports(Format::int8));
    return false;
  }
  PeRate rate(Format operands, Format weights) const {
    return pe_rate(packing_from_name(core.datapath.packing), operands, weights);
  }
  // Contraction indices that the array's rows take at a time.
  std::int64_t contraction_rows(Format operands, Format weights) const {
    return core.array.rows * rate(operands, weights).products;
  }
};

// System addresses: DRAM begins at 0; shared level i at (i + 1) << 44.
struct AddressMap {
  static constexpr int kLevelShift = 44;
  static constexpr std::uint64_t level_base(std::size_t level) {
    return static_cast<std::uint64_t>(level + 1) << kLevelShift;
  }
  // -1 for DRAM, else the shared level's index.
  static constexpr int level_of(std::uint64_t address) {
    return static_cast<int>(address >> kLevelShift) - 1;
  }
  static constexpr std::uint64_t offset(std::uint64_t address) {
    return address & ((std::uint64_t{1} << kLevelShift) - 1);
  }
};

// A 64-bit digest of all that a compiled program relies on (array, formats, capacities, cores,
// levels, DRAM capacity) and of nothing else: DRAM parts, clocks and widths may be swept under one
// program. Sub-arrays count as the cores that they are (hw/arch/logical_cores.h).
std::uint64_t program_fingerprint(const Machine& machine);

}  // namespace systolith
