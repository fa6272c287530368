#include "hw/memory/core_scratchpad.h"

#include <cstdlib>

#include "hw/base/error.h"

namespace systolith {

bool LocalCapacity::holds(std::int64_t first, std::int64_t last) const {
  const std::int64_t border = common.count();
  return first >= 0 && last < border + weights.count() && (last < border || first >= border);
}

std::string LocalCapacity::text() const {
  if (weights.count() == 0) return std::to_string(common.count());
  return fmt::format("{} and behind them {} for weights", common.count(), weights.count());
}

CoreScratchpad::CoreScratchpad(const sc_core::sc_module_name& name, const CoreConfig& core,
                               TenantTable<Regions> regions, bool values)
    : sc_module(name), regions_(std::move(regions)) {
  parts_.emplace_back(core.scratchpad, 0);
  if (core.weights_apart())
    parts_.emplace_back(core.weight_scratchpad,
                        static_cast<std::uint64_t>(core.scratchpad.capacity.count()));
  std::int64_t size = 0;
  for (const Part& part : parts_) {
    SYSTOLITH_CHECK(part.config.capacity.count() > 0 && part.config.width.count() > 0,
                    "{}: {} bytes, words of {}", this->name(), part.config.capacity.count(),
                    part.config.width.count());
    size += part.config.capacity.count();
  }
  if (!values) return;
  // calloc: zeroed, and pages never touched cost nothing.
  data_.reset(static_cast<std::uint8_t*>(std::calloc(static_cast<std::size_t>(size), 1)));
  SYSTOLITH_CHECK(data_ != nullptr, "{}: no host memory for {} bytes", this->name(), size);
}

std::uint8_t* CoreScratchpad::data(LocalAddress at) {
  if (!data_) return nullptr;
  const Regions& regions = regions_[at.tenant];
  if (part_of(at) == 0) return data_.get() + regions.common.base + at.byte;
  const std::uint64_t in_part = at.byte - static_cast<std::uint64_t>(regions.common.size.count());
  return data_.get() + parts_[1].base + regions.weights.base + in_part;
}

Cycles CoreScratchpad::reserve(Access access, LocalAddress at, Cycles now, Cycles begin, Cycles end,
                               std::int64_t words) {
  Part& part = parts_[part_of(at)];
  (access == Access::read ? part.words_read : part.words_written) += words;
  return part.ledger.reserve(now, begin, end, words);
}

std::int64_t CoreScratchpad::bytes(std::int64_t Part::*words) const {
  std::int64_t sum = 0;
  for (const Part& part : parts_) sum += part.*words * part.config.width.count();
  return sum;
}

}  // namespace systolith
