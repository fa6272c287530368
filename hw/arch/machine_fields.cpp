#include "hw/arch/machine_fields.h"

#include <set>

#include "hw/arch/preset_files.h"
#include "hw/arith/sparsity.h"

namespace systolith {
namespace {

constexpr bool kPowerOfTwo = true;
constexpr std::int64_t kKiB = 1024, kGiB = std::int64_t{1} << 30;
constexpr Limits kCapacity = {64, 64 * kGiB};
constexpr Limits kBanks = {1, 1024, kPowerOfTwo};
constexpr Limits kWidth = {1, 4 * kKiB, kPowerOfTwo};
constexpr Limits kClock = {1, 1'000'000'000'000};        // ClockDomain's range
constexpr Limits kExtent = {1, 512}, kPlace = {0, 511};  // of PEs
constexpr Limits kLatency = {1, 100'000};

constexpr FieldText kAnyText = {"^.+$", "a text (it is empty)"};
constexpr FieldText kIdentifier = {"^[A-Za-z_][A-Za-z0-9_]*$",
                                   "a name (letters, digits and _, not beginning with a digit)"};
const FieldText kMapping = {kDramMappingPattern, kDramMappingMeaning};

std::vector<std::string> detail_names(const Vocabulary&) { return {"closed_form", "pe"}; }
constexpr FieldText kShare = {"^1/(1|2|4|8|16|32|64)$",
                              "a share (allowed: 1/1, 1/2, 1/4, 1/8, 1/16, 1/32, 1/64)"};
constexpr FieldText kGrid = {"^[1-9][0-9]*x[1-9][0-9]*$",
                             "a grid (allowed: ROWSxCOLUMNS of sub-arrays, as 2x1; or a list of "
                             "rectangles)"};

std::vector<std::string> weight_load_names(const Vocabulary&) { return {"chain", "pipelined"}; }
std::vector<std::string> weight_tile_names(const Vocabulary&) { return {"trimmed", "whole"}; }
// The datapath multiplies these (hw/array).
std::vector<std::string> native_names(const Vocabulary&) {
  return {"bf16", "fp16", "fp32", "fp8_e4m3", "fp8_e5m2", "int16", "int8", "uint4", "uint8"};
}
std::vector<std::string> packed_names(const Vocabulary&) { return {"int4"}; }
std::vector<std::string> sparsities(const Vocabulary&) { return sparsity_names(); }
std::vector<std::string> packings(const Vocabulary&) {
  return {packing_names().begin(), packing_names().end()};
}
std::vector<std::string> accumulate_names(const Vocabulary&) { return {"fp32", "int32"}; }
std::vector<std::string> overflow_names(const Vocabulary&) {
  return {kOverflowNames.begin(), kOverflowNames.end()};
}
std::vector<std::string> rounding_names(const Vocabulary&) {
  return {kRoundingNames.begin(), kRoundingNames.end()};
}
std::vector<std::string> arbitrations(const Vocabulary&) { return {"age", "round_robin"}; }
std::vector<std::string> write_policies(const Vocabulary&) { return {"back", "through"}; }
std::vector<std::string> vector_names(const Vocabulary&) { return {"fp32"}; }  // hw/arith/epilogue

std::vector<std::string> standard_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const auto& standard : vocabulary.dram_standards) names.push_back(standard.name);
  return names;
}

std::vector<std::string> timing_names(const Vocabulary& vocabulary) {
  std::set<std::string> names;
  for (const auto& standard : vocabulary.dram_standards)
    for (const auto& timing : standard.timings) names.insert(timing.first);
  return {names.begin(), names.end()};
}

#define SYSTOLITH_NAMES(member) [](const Vocabulary& vocabulary) { return vocabulary.member; }
#define SYSTOLITH_PLACE(member) \
  [](Machine & m) -> auto& { return m.member; }

std::vector<MachineField> make_fields() {
  return {
      {"name", "The machine's name, for reports.", SYSTOLITH_PLACE(name), {}, {}, &kAnyText},
      {"clock", "Core clock.", SYSTOLITH_PLACE(clock), kClock},
      {"core.count", "Identical cores.", SYSTOLITH_PLACE(core.count), {1, 1024}},
      {"core.array.rows", "PE rows; the contraction runs down them.",
       SYSTOLITH_PLACE(core.array.rows), kExtent},
      {"core.array.cols", "PE columns; one output channel each.", SYSTOLITH_PLACE(core.array.cols),
       kExtent},
      {"core.array.dataflow",
       "What stays in the PEs; one or a list, of which the compiler takes the fastest layer by "
       "layer.",
       SYSTOLITH_PLACE(core.array.dataflow),
       {1, 3},
       {"dataflow", SYSTOLITH_NAMES(dataflows)}},
      {"core.array.weight_buffers",
       "Stationary planes per PE; 2 loads behind the compute.",
       SYSTOLITH_PLACE(core.array.weight_buffers),
       {1, 2}},
      {"core.array.weight_load",
       "How a plane is filled: through a pipeline beside the PEs, a tile every max(stream, rows) "
       "cycles, or through the chain of the planes' own registers, one every max(stream, 2 x rows "
       "- 1).",
       SYSTOLITH_PLACE(core.array.weight_load),
       {},
       {"weight load", weight_load_names}},
      {"core.array.weight_tiles",
       "How constant weights that leave some of the array empty are stored and brought: trimmed to "
       "their own rows and columns, or whole, with zeros up to the array's.",
       SYSTOLITH_PLACE(core.array.weight_tiles),
       {},
       {"kind of weight tile", weight_tile_names}},
      {"core.array.product_rows",
       "The most rows that one product streams, all at one stride in the scratchpad; 0: any "
       "number.",
       SYSTOLITH_PLACE(core.array.product_rows),
       {0, 65536}},
      {"core.array.products_in_flight",
       "With product_rows: products between their first row's entry and their last sum's exit.",
       SYSTOLITH_PLACE(core.array.products_in_flight),
       {1, 1024}},
      {"core.array.sparsity",
       "N:M sparsities of held weights that the array takes: a PE chooses its activations among m; "
       "one or a list.",
       SYSTOLITH_PLACE(core.array.sparsity),
       {0, 6},
       {"sparsity", sparsities}},
      {"core.array.detail",
       "How it is simulated, with the same result: by closed forms, or every PE at every edge "
       "(slow; integer formats).",
       SYSTOLITH_PLACE(core.array.detail),
       {},
       {"level of detail", detail_names}},
      {"core.array.partition[].row", "Of the sub-array's first PE, from 0.",
       SYSTOLITH_PLACE(core.array.partition.back().row), kPlace},
      {"core.array.partition[].col", "Of the sub-array's first PE, from 0.",
       SYSTOLITH_PLACE(core.array.partition.back().col), kPlace},
      {"core.array.partition[].rows",
       "PE rows of the sub-array.",
       SYSTOLITH_PLACE(core.array.partition.back().rows),
       kExtent,
       {},
       nullptr,
       true},
      {"core.array.partition[].cols",
       "PE columns of the sub-array.",
       SYSTOLITH_PLACE(core.array.partition.back().cols),
       kExtent,
       {},
       nullptr,
       true},
      {"core.array.partition[].share",
       "Of the core's scratchpad, vector lanes and DMA; where not given, the sub-array's PEs to "
       "the array's.",
       SYSTOLITH_PLACE(core.array.partition.back().share),
       {},
       {},
       &kShare},
      {"core.datapath.native",
       "Operand formats that the array multiplies, any two integers or any two floats of them; one "
       "or "
       "a list.",
       SYSTOLITH_PLACE(core.datapath.native),
       {1, 9},
       {"array format", native_names}},
      {"core.datapath.packed",
       "Integer formats narrower than the native int8 that the array multiplies, with int8 or "
       "their own; one or a list.",
       SYSTOLITH_PLACE(core.datapath.packed),
       {0, 1},
       {"packed format", packed_names}},
      {"core.datapath.packing",
       "What a PE's 8 x 8-bit multiplier does in a cycle. none: one product. simd: also two of "
       "int8 x int4 or int4 x int4. fused: two of int8 x int4 or four of int4 x int4.",
       SYSTOLITH_PLACE(core.datapath.packing),
       {},
       {"packing", packings}},
      {"core.datapath.accumulate",
       "Format of sums: int32 where an integer format is native, else fp32; products of floats "
       "are always summed in fp32.",
       SYSTOLITH_PLACE(core.datapath.accumulate),
       {},
       {"accumulation format", accumulate_names}},
      {"core.datapath.overflow",
       "What an int32 sum does beyond its range: wrap around, or saturate, at every addition.",
       SYSTOLITH_PLACE(core.datapath.overflow),
       {},
       {"overflow", overflow_names}},
      {"core.vector.lanes",
       "Elements the vector unit takes per cycle.",
       SYSTOLITH_PLACE(core.vector.lanes),
       {1, 4096}},
      {"core.vector.format",
       "Format of the vector unit's arithmetic.",
       SYSTOLITH_PLACE(core.vector.format),
       {},
       {"vector format", vector_names}},
      {"core.vector.rounding",
       "How int32 sums are scaled into integer formats: in fp32, rounded half to even, or in "
       "integers as TensorFlow Lite does, rounded twice or once.",
       SYSTOLITH_PLACE(core.vector.rounding),
       {},
       {"rounding", rounding_names}},
      {"core.scratchpad.capacity", "Of one core's scratchpad.",
       SYSTOLITH_PLACE(core.scratchpad.capacity), kCapacity},
      {"core.scratchpad.banks", "Independent banks; word i lies in bank i mod banks.",
       SYSTOLITH_PLACE(core.scratchpad.banks), kBanks},
      {"core.scratchpad.width", "One bank's word, moved per cycle.",
       SYSTOLITH_PLACE(core.scratchpad.width), kWidth},
      {"core.weight_scratchpad.capacity",
       "Of a scratchpad of one core's own for weights, through which they stream; 0B: they are in "
       "the common one.",
       SYSTOLITH_PLACE(core.weight_scratchpad.capacity),
       {0, 64 * kGiB}},
      {"core.weight_scratchpad.banks", "Independent banks; word i lies in bank i mod banks.",
       SYSTOLITH_PLACE(core.weight_scratchpad.banks), kBanks},
      {"core.weight_scratchpad.width", "One bank's word, moved per cycle.",
       SYSTOLITH_PLACE(core.weight_scratchpad.width), kWidth},
      {"core.accumulator.capacity", "Of one core's accumulators: rows of array.cols 32-bit words.",
       SYSTOLITH_PLACE(core.accumulator.capacity), kCapacity},
      {"core.accumulator.banks",
       "Independent banks, each of consecutive rows.",
       SYSTOLITH_PLACE(core.accumulator.banks),
       {1, 64}},
      {"core.dma.channels",
       "Commands in flight per direction.",
       SYSTOLITH_PLACE(core.dma.channels),
       {1, 64}},
      {"core.dma.outstanding",
       "Bursts in flight per direction.",
       SYSTOLITH_PLACE(core.dma.outstanding),
       {1, 65536}},
      {"core.dma.burst",
       "A request never crosses a multiple of this.",
       SYSTOLITH_PLACE(core.dma.burst),
       {8, 4 * kKiB, kPowerOfTwo}},
      {"core.dma.width",
       "Bytes that each of a core's ports, one for loads and one for stores, moves per clock of "
       "the interconnect; interconnect.width where not given.",
       SYSTOLITH_PLACE(core.dma.width), kWidth},
      {"core.control.queue_depth",
       "Commands that each engine's queue holds.",
       SYSTOLITH_PLACE(core.control.queue_depth),
       {1, 65536}},
      {"memory[].name",
       "The level's name.",
       SYSTOLITH_PLACE(memory.back().name),
       {},
       {},
       &kIdentifier,
       true},
      {"memory[].kind",
       "How the level works.",
       SYSTOLITH_PLACE(memory.back().kind),
       {},
       {"memory kind", SYSTOLITH_NAMES(memory_kinds)}},
      {"memory[].capacity", "Of the level.", SYSTOLITH_PLACE(memory.back().capacity), kCapacity},
      {"memory[].banks", "Independent banks.", SYSTOLITH_PLACE(memory.back().banks), kBanks},
      {"memory[].ports",
       "Accesses of one bank per cycle.",
       SYSTOLITH_PLACE(memory.back().ports),
       {1, 4}},
      {"memory[].width", "One bank's word, moved per cycle.", SYSTOLITH_PLACE(memory.back().width),
       kWidth},
      {"memory[].latency", "Its cycles from request to first data.",
       SYSTOLITH_PLACE(memory.back().latency), kLatency},
      {"memory[].clock", "Its clock; the core clock where not given.",
       SYSTOLITH_PLACE(memory.back().clock), kClock},
      {"memory[].cores",
       "Cores whose requests come here, one or a list; all where not given.",
       SYSTOLITH_PLACE(memory.back().cores),
       {0, 4095}},
      {"memory[].next",
       "What lies behind a cache or fifo: a level's name or dram; where not given, the next level "
       "of the list that its cores pass through.",
       SYSTOLITH_PLACE(memory.back().next),
       {},
       {},
       &kIdentifier},
      {"memory[].line",
       "Of a cache: bytes of a line.",
       SYSTOLITH_PLACE(memory.back().line),
       {8, 4 * kKiB, kPowerOfTwo}},
      {"memory[].ways",
       "Of a cache: lines that a set holds.",
       SYSTOLITH_PLACE(memory.back().ways),
       {1, 64}},
      {"memory[].mshrs",
       "Of a cache: lines on their way from behind it.",
       SYSTOLITH_PLACE(memory.back().mshrs),
       {1, 4096}},
      {"memory[].write",
       "Of a cache: whether writes stay in it (back) or go on at once (through).",
       SYSTOLITH_PLACE(memory.back().write),
       {},
       {"write policy", write_policies}},
      {"memory[].replacement",
       "Of a cache: which line of a set makes room.",
       SYSTOLITH_PLACE(memory.back().replacement),
       {},
       {"replacement policy", SYSTOLITH_NAMES(replacements)}},
      {"dram.standard",
       "Timing and size of a channel.",
       SYSTOLITH_PLACE(dram.standard),
       {},
       {"DRAM standard", standard_names}},
      {"dram.clock",
       "Command clock, of which the timings are multiples; the standard's where not given. A burst "
       "of BL8 takes 4 of them.",
       SYSTOLITH_PLACE(dram.clock), kClock},
      {"dram.channels", "Independent channels.", SYSTOLITH_PLACE(dram.channels), {1, 256}},
      {"dram.pseudochannels",
       "Pseudo channels of a channel: a data bus each, one command bus for all.",
       SYSTOLITH_PLACE(dram.pseudochannels),
       {1, 8}},
      {"dram.ranks", "Ranks that share a data bus.", SYSTOLITH_PLACE(dram.ranks), {1, 8}},
      {"dram.mapping",
       "Address fields, most significant first: row, bank, bankgroup, column, rank, pseudochannel "
       "and channel, or bits of them such as column[9:3]; all of each, once. Fields with one value "
       "may be left out.",
       SYSTOLITH_PLACE(dram.mapping),
       {},
       {},
       &kMapping},
      {"dram.read_queue",
       "Reads that wait in a channel, in bursts.",
       SYSTOLITH_PLACE(dram.read_queue),
       {1, 4096}},
      {"dram.write_queue",
       "Writes that wait in a channel, in bursts.",
       SYSTOLITH_PLACE(dram.write_queue),
       {2, 4096}},
      {"dram.write_high",
       "More waiting writes than this go before reads; where not given, 0.8 of write_queue.",
       SYSTOLITH_PLACE(dram.write_high),
       {1, 4095}},
      {"dram.write_low",
       "Until so many are left; where not given, 0.2 of write_queue.",
       SYSTOLITH_PLACE(dram.write_low),
       {0, 4094}},
      {"dram.scheduler",
       "Which waiting request goes first.",
       SYSTOLITH_PLACE(dram.scheduler),
       {},
       {"scheduler", SYSTOLITH_NAMES(schedulers)}},
      {"dram.page",
       "When a row is closed.",
       SYSTOLITH_PLACE(dram.page),
       {},
       {"page policy", SYSTOLITH_NAMES(page_policies)}},
      {"dram.page_timeout", "Of the page policy timeout: DRAM clocks without an access.",
       SYSTOLITH_PLACE(dram.page_timeout), kLatency},
      {"dram.refresh",
       "How rows are refreshed.",
       SYSTOLITH_PLACE(dram.refresh),
       {},
       {"refresh policy", SYSTOLITH_NAMES(refresh_policies)}},
      {"dram.timing",
       "Timings of the standard that are overridden, in DRAM clocks.",
       SYSTOLITH_PLACE(dram.timing),
       {0, 1'000'000},
       {"timing", timing_names}},
      {"dram.plugin",
       "A shared library whose TLM-2.0 memory takes the place of ours: a path, or a name that the "
       "dynamic linker finds. The standard stays what the compiler plans with.",
       SYSTOLITH_PLACE(dram.plugin),
       {},
       {},
       &kAnyText},
      {"dram.plugin_config",
       "What the plug-in is told.",
       SYSTOLITH_PLACE(dram.plugin_config),
       {},
       {},
       &kAnyText},
      {"interconnect.kind",
       "Topology between cores, levels and DRAM.",
       SYSTOLITH_PLACE(interconnect.kind),
       {},
       {"interconnect", SYSTOLITH_NAMES(interconnects)}},
      {"interconnect.width", "Bytes a port moves per clock and direction.",
       SYSTOLITH_PLACE(interconnect.width), kWidth},
      {"interconnect.hop_latency", "Interconnect clocks per hop and direction.",
       SYSTOLITH_PLACE(interconnect.hop_latency), kLatency},
      {"interconnect.clock", "Its clock; the core clock where not given.",
       SYSTOLITH_PLACE(interconnect.clock), kClock},
      {"interconnect.buffer",
       "Of ring and mesh: flits, each of `width` bytes, that the buffer behind a link holds.",
       SYSTOLITH_PLACE(interconnect.buffer),
       {1, 65536}},
      {"interconnect.arbitration",
       "Which of the packets that wait for a link goes first: the one sent first, or the inputs in "
       "turn.",
       SYSTOLITH_PLACE(interconnect.arbitration),
       {},
       {"arbitration", arbitrations}},
      {"interconnect.columns",
       "Of a mesh; 0 takes the smallest square.",
       SYSTOLITH_PLACE(interconnect.columns),
       {0, 4096}},
      {"energy",
       "Energy table.",
       SYSTOLITH_PLACE(energy.name),
       {},
       {"energy table", energy_table_names}},
  };
}

#undef SYSTOLITH_PLACE
#undef SYSTOLITH_NAMES

}  // namespace

const std::vector<MachineField>& machine_fields() {
  static const std::vector<MachineField> fields = make_fields();
  return fields;
}

#define SYSTOLITH_LIST(member)                                                                   \
  [](Machine& m) { m.member.emplace_back(); }, [](const Machine& m) { return m.member.size(); }, \
      [](Machine& m) { m.member.pop_back(); }

const std::vector<MachineList>& machine_lists() {
  static const std::vector<MachineList> lists = {
      {"core.array.partition", "sub-array", 64, SYSTOLITH_LIST(core.array.partition), &kGrid},
      {"memory", "level", 8, SYSTOLITH_LIST(memory)},
  };
  return lists;
}

#undef SYSTOLITH_LIST

const MachineList& machine_list(const std::string& path) {
  for (const MachineList& list : machine_lists())
    if (list.path == path) return list;
  internal_error(__FILE__, __LINE__, fmt::format("list '{}' is not described", path));
}

const std::vector<MachineSection>& machine_sections() {
  static const std::vector<MachineSection> sections = {
      {"core", "The cores: array, vector unit, local memories and engines of each."},
      {"core.array", "The systolic array."},
      {"core.array.partition",
       "Sub-arrays, each with a share of the core: a logical core. A list of rectangles, or an "
       "even grid of them, as 2x1."},
      {"core.datapath", "Number formats of the array."},
      {"core.vector", "The vector unit."},
      {"core.scratchpad", "A core's banked operand memory."},
      {"core.weight_scratchpad", "A core's banked memory for weights alone."},
      {"core.accumulator", "A core's accumulators below the array."},
      {"core.dma", "A core's DMA engines, one for loads and one for stores."},
      {"core.control", "A core's command processor."},
      {"memory", "Shared levels between the cores and DRAM, nearest first."},
      {"dram", "Main memory."},
      {"interconnect", "What joins cores, shared levels and DRAM."},
  };
  return sections;
}

}  // namespace systolith
