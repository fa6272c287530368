// A core's banked scratchpad: `banks` single-ported banks of `width`-byte words, word i in bank
// i mod banks, so at best banks x width bytes each core cycle, shared by all engines of the core.
// Where weights have a part of their own it has its own banks and width, and its addresses follow
// those of the rest.
#pragma once

#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/arch/partition.h"
#include "hw/base/tenant.h"
#include "hw/memory/bandwidth_ledger.h"

namespace systolith {

enum class Access : std::uint8_t { read, write };

// A byte of a tenant's part of the scratchpad.
struct LocalAddress {
  TenantId tenant{};
  std::uint64_t byte = 0;
};

// What a tenant has of the scratchpad: bytes from 0 on, and behind them those for weights alone.
struct LocalCapacity {
  Bytes common, weights;

  // Whether bytes `first` to `last` are there, all in one of the two.
  bool holds(std::int64_t first, std::int64_t last) const;
  std::string text() const;
};

// The scratchpad as an engine's port sees it. Each tenant has a region of it, by base and limit
// registers, and addresses its bytes from 0 on.
class ScratchpadAccess : public virtual sc_core::sc_interface {
 public:
  virtual LocalCapacity capacity(TenantId tenant) const = 0;
  // Of the words that the address is among.
  virtual Bytes width(LocalAddress at) const = 0;
  // The byte there; its part's others lie around it. Null without values.
  virtual std::uint8_t* data(LocalAddress at) = 0;
  // Moves `words` words around the address evenly over [begin, end); returns when the last one has
  // moved, later than `end` where the banks are taken. Core cycles; `now` is the current one.
  virtual Cycles reserve(Access access, LocalAddress at, Cycles now, Cycles begin, Cycles end,
                         std::int64_t words) = 0;
};

// Words of `width` bytes that `bytes` bytes at `address` touch. Requires: bytes > 0.
constexpr std::int64_t words_touched(std::uint64_t address, std::int64_t bytes, Bytes width) {
  const auto offset =
      static_cast<std::int64_t>(address % static_cast<std::uint64_t>(width.count()));
  return (offset + bytes - 1) / width.count() + 1;
}

class CoreScratchpad final : public sc_core::sc_module, public ScratchpadAccess {
 public:
  // What a tenant has of either part; of the weights' nothing where they have none.
  struct Regions {
    Region common, weights;
  };

  // `regions`: by tenant, at multiples of a word of every bank.
  CoreScratchpad(const sc_core::sc_module_name& name, const CoreConfig& core,
                 TenantTable<Regions> regions, bool values);

  LocalCapacity capacity(TenantId tenant) const override {
    return {regions_[tenant].common.size, regions_[tenant].weights.size};
  }
  Bytes width(LocalAddress at) const override { return parts_[part_of(at)].config.width; }
  std::uint8_t* data(LocalAddress at) override;
  Cycles reserve(Access access, LocalAddress at, Cycles now, Cycles begin, Cycles end,
                 std::int64_t words) override;

  std::int64_t bytes_read() const { return bytes(&Part::words_read); }
  std::int64_t bytes_written() const { return bytes(&Part::words_written); }

 private:
  struct Part {
    Part(const ScratchpadConfig& part, std::uint64_t first)
        : config(part), base(first), ledger(part.banks, kLedgerWindow) {}

    ScratchpadConfig config;
    std::uint64_t base;  // of its data
    BandwidthLedger ledger;
    std::int64_t words_read = 0, words_written = 0;
  };
  struct Free {
    void operator()(std::uint8_t* p) const { std::free(p); }
  };
  static constexpr std::int64_t kLedgerWindow = 64;  // cycles; conflicts are resolved to this grain

  std::size_t part_of(LocalAddress at) const {
    return at.byte < static_cast<std::uint64_t>(regions_[at.tenant].common.size.count()) ? 0 : 1;
  }
  std::int64_t bytes(std::int64_t Part::*words) const;

  std::vector<Part> parts_;
  TenantTable<Regions> regions_;
  std::unique_ptr<std::uint8_t[], Free> data_;
};

}  // namespace systolith
