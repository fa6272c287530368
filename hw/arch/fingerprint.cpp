#include <algorithm>

#include "hw/arch/logical_cores.h"

namespace systolith {
namespace {

// FNV-1a over bytes, finished with splitmix64's mixer (Steele et al., OOPSLA 2014), so that
// neighbouring configurations differ in all bits.
class Digest {
 public:
  void add(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8)
      add_byte(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift));
  }
  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    for (const char c : text) add_byte(static_cast<std::uint8_t>(c));
  }
  void add(Format format) { add(static_cast<std::int64_t>(format)); }

  std::uint64_t value() const {
    std::uint64_t z = hash_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  void add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001B3U; }

  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

void add_datapath(Digest& digest, DatapathConfig datapath) {
  std::sort(datapath.native.begin(), datapath.native.end());  // their order means nothing
  std::sort(datapath.packed.begin(), datapath.packed.end());
  digest.add(static_cast<std::int64_t>(datapath.native.size()));
  for (const Format format : datapath.native) digest.add(format);
  digest.add(static_cast<std::int64_t>(datapath.packed.size()));
  for (const Format format : datapath.packed) digest.add(format);
  digest.add(datapath.accumulate);
  // Programs from before there was a choice stay what they were.
  if (datapath.packing != DatapathConfig{}.packing) digest.add(datapath.packing);
  if (datapath.overflow != Overflow::wrap) digest.add("saturate");
}

void add_names(Digest& digest, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());  // their order means nothing
  for (const std::string& name : names) digest.add(name);
}

// Of sub-arrays that differ; those of one kind are cores like any.
void add_other_cores(Digest& digest, const Machine& machine, const CoreConfig& first) {
  const auto parts = static_cast<std::int64_t>(machine.core.array.partition.size());
  for (std::int64_t part = 1; part < parts; ++part) {
    const CoreConfig core = logical_core(machine, part).config;
    if (alike(core, first)) continue;
    digest.add(part);
    digest.add(core.array.rows);
    digest.add(core.array.cols);
    digest.add(core.scratchpad.capacity.count());
  }
}

}  // namespace

std::uint64_t program_fingerprint(const Machine& machine) {
  Digest digest;
  const CoreConfig core = logical_core(machine, 0).config;
  digest.add(logical_core_count(machine));
  digest.add(core.array.rows);
  digest.add(core.array.cols);
  add_names(digest, core.array.dataflow);
  add_names(digest, core.array.sparsity);
  digest.add(core.array.weight_buffers);
  add_datapath(digest, core.datapath);
  digest.add(core.vector.format);
  if (core.vector.rounding != Rounding::half_even)
    digest.add(kRoundingNames[static_cast<std::size_t>(core.vector.rounding)]);
  digest.add(core.scratchpad.capacity.count());
  if (core.weights_apart()) digest.add(core.weight_scratchpad.capacity.count());
  if (core.array.weight_tiles != "trimmed") digest.add(core.array.weight_tiles);
  digest.add(core.accumulator.capacity.count());
  digest.add(static_cast<std::int64_t>(machine.memory.size()));
  for (const LevelConfig& level : machine.memory) {
    digest.add(level.kind);
    digest.add(level.capacity.count());
  }
  digest.add(machine.dram.capacity().count());
  add_other_cores(digest, machine, core);
  return digest.value();
}

}  // namespace systolith
