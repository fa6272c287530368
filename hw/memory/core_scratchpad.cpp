#include "hw/memory/core_scratchpad.h"

#include <cstdlib>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::int64_t kLedgerWindow = 64;  // cycles; conflicts are resolved to this grain

}  // namespace

CoreScratchpad::CoreScratchpad(const sc_core::sc_module_name& name, const ScratchpadConfig& config,
                               TenantTable<Region> regions, bool values)
    : sc_module(name),
      config_(config),
      regions_(std::move(regions)),
      ledger_(config.banks, kLedgerWindow) {
  SYSTOLITH_CHECK(config.capacity.count() > 0 && config.width.count() > 0,
                  "{}: {} bytes, words of {}", this->name(), config.capacity.count(),
                  config.width.count());
  if (!values) return;
  // calloc: zeroed, and pages never touched cost nothing.
  const auto size = static_cast<std::size_t>(config.capacity.count());
  data_.reset(static_cast<std::uint8_t*>(std::calloc(size, 1)));
  SYSTOLITH_CHECK(data_ != nullptr, "{}: no host memory for {} bytes", this->name(), size);
}

Cycles CoreScratchpad::reserve(Access access, Cycles now, Cycles begin, Cycles end,
                               std::int64_t words) {
  (access == Access::read ? words_read_ : words_written_) += words;
  return ledger_.reserve(now, begin, end, words);
}

}  // namespace systolith
