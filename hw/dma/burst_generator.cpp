#include "hw/dma/burst_generator.h"

#include "hw/base/error.h"
#include "hw/isa/transfer_reach.h"

namespace systolith {
namespace {

Transfer joined(Transfer transfer) {
  if (is_repacked(transfer) || transfer.pad.any()) return transfer;
  for (auto loop = transfer.loops.rbegin(); loop != transfer.loops.rend(); ++loop) {
    if (loop->count == 1) continue;
    if (loop->system_stride != transfer.run || loop->local_stride != transfer.run) break;
    transfer.run *= loop->count;
    *loop = TransferLoop{};
  }
  return transfer;
}

}  // namespace

BurstGenerator::BurstGenerator(const Transfer& transfer, Bytes burst)
    : transfer_(joined(transfer)), burst_(static_cast<std::uint64_t>(burst.count())) {
  SYSTOLITH_CHECK(transfer.bytes() > 0, "transfer of {} bytes", transfer.bytes());
  system_ = transfer_.system_address;
  local_ = transfer_.local_address;
  left_ = transfer_.run;
  done_ = false;
}

Burst BurstGenerator::next() {
  const auto room = static_cast<std::int64_t>(burst_ - system_ % burst_);
  const Burst burst{system_, local_, std::min(left_, room)};
  system_ += static_cast<std::uint64_t>(burst.bytes);
  const LocalElements elements = local_elements(transfer_, burst.bytes);
  local_ += static_cast<std::uint64_t>(elements.count * elements.stride);
  left_ -= burst.bytes;
  if (left_ == 0) next_run();
  return burst;
}

void BurstGenerator::next_run() {
  left_ = transfer_.run;
  for (std::size_t i = transfer_.loops.size(); i-- > 0;) {
    if (++index_[i] < transfer_.loops[i].count) {
      std::int64_t system = 0, local = 0;
      for (std::size_t j = 0; j < transfer_.loops.size(); ++j) {
        system += index_[j] * transfer_.loops[j].system_stride;
        local += index_[j] * transfer_.loops[j].local_stride;
      }
      system_ = transfer_.system_address + static_cast<std::uint64_t>(system);
      local_ = transfer_.local_address + static_cast<std::uint64_t>(local);
      return;
    }
    index_[i] = 0;
  }
  done_ = true;
}

}  // namespace systolith
