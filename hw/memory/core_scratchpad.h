// A core's banked scratchpad: `banks` single-ported banks of `width`-byte words, word i in bank
// i mod banks, so at best banks x width bytes each core cycle, shared by all engines of the core.
#pragma once

#include <memory>
#include <systemc>

#include "hw/arch/partition.h"
#include "hw/base/tenant.h"
#include "hw/memory/bandwidth_ledger.h"

namespace systolith {

enum class Access : std::uint8_t { read, write };

// The scratchpad as an engine's port sees it. Each tenant has a region of it, by base and limit
// registers, and addresses its bytes from 0 on.
class ScratchpadAccess : public virtual sc_core::sc_interface {
 public:
  virtual Bytes capacity(TenantId tenant) const = 0;
  virtual Bytes width() const = 0;
  // Contents of the tenant's region; null without values.
  virtual std::uint8_t* data(TenantId tenant) = 0;
  // Moves `words` words evenly over [begin, end); returns when the last one has moved, later than
  // `end` where the banks are taken. Core cycles; `now` is the current one.
  virtual Cycles reserve(Access access, Cycles now, Cycles begin, Cycles end,
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
  // `regions`: by tenant, at multiples of a word of every bank.
  CoreScratchpad(const sc_core::sc_module_name& name, const ScratchpadConfig& config,
                 TenantTable<Region> regions, bool values);

  Bytes capacity(TenantId tenant) const override { return regions_[tenant].size; }
  Bytes width() const override { return config_.width; }
  std::uint8_t* data(TenantId tenant) override {
    return data_ ? data_.get() + regions_[tenant].base : nullptr;
  }
  Cycles reserve(Access access, Cycles now, Cycles begin, Cycles end, std::int64_t words) override;

  std::int64_t words_read() const { return words_read_; }
  std::int64_t words_written() const { return words_written_; }

 private:
  struct Free {
    void operator()(std::uint8_t* p) const { std::free(p); }
  };

  ScratchpadConfig config_;
  TenantTable<Region> regions_;
  BandwidthLedger ledger_;
  std::unique_ptr<std::uint8_t[], Free> data_;
  std::int64_t words_read_ = 0, words_written_ = 0;
};

}  // namespace systolith
