// A banked on-chip memory shared by the cores: after `latency` cycles, banks x width bytes a cycle.
#include "hw/memory/addressed_level.h"
#include "hw/memory/bandwidth_ledger.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {
namespace {

class SharedScratchpad final : public AddressedLevel {
 public:
  SharedScratchpad(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
      : AddressedLevel(name, spec), ledger_(spec.config.banks, kLedgerWindow) {}

 private:
  static constexpr std::int64_t kLedgerWindow = 16;  // cycles

  Cause contention() const override { return Cause::level_bank; }

  Service serve(const tlm::tlm_generic_payload& request, Cycles now, Cycles arrival) override {
    const std::int64_t words =
        words_touched(request.get_address(), request.get_data_length(), config().width);
    const Cycles alone = arrival + Cycles(ceil_div(words, config().banks));
    const Cycles end = ledger_.reserve(now, arrival, alone, words);
    return {end, words, end - alone};
  }

  BandwidthLedger ledger_;
};

}  // namespace

extern const Registration<MemoryLevel> scratchpad = {
    "scratchpad", "Banked on-chip memory with a fixed latency, shared by the cores.",
    [](const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
        -> std::unique_ptr<MemoryLevel> { return std::make_unique<SharedScratchpad>(name, spec); }};

}  // namespace systolith
