// The host's memory behind a full-duplex link (PCIe): each way `width` bytes a clock, and `latency`
// clocks on top. Inputs of a network come from it and its outputs go there.
#include "hw/memory/addressed_level.h"
#include "hw/memory/bandwidth_ledger.h"

namespace systolith {
namespace {

class Host final : public AddressedLevel {
 public:
  Host(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
      : AddressedLevel(name, spec),
        from_host_(spec.config.width.count(), kLedgerWindow),
        to_host_(spec.config.width.count(), kLedgerWindow) {}

 private:
  static constexpr std::int64_t kLedgerWindow = 16;  // cycles

  Cause contention() const override { return Cause::host; }

  Service serve(const tlm::tlm_generic_payload& request, Cycles now, Cycles arrival) override {
    const std::int64_t bytes = request.get_data_length();
    const std::int64_t beats = ceil_div(bytes, config().width.count());
    const Cycles alone = arrival + Cycles(beats);
    BandwidthLedger& link = request.is_write() ? to_host_ : from_host_;
    const Cycles end = link.reserve(now, arrival, alone, bytes);
    return {end, beats, end - alone};
  }

  BandwidthLedger from_host_, to_host_;
};

}  // namespace

extern const Registration<MemoryLevel> host = {
    "host", "The host's memory behind its link: inputs come from there, outputs go there.",
    [](const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
        -> std::unique_ptr<MemoryLevel> { return std::make_unique<Host>(name, spec); }};

}  // namespace systolith
