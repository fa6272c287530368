// A banked on-chip memory shared by the cores: after `latency` cycles, banks x width bytes a cycle.
#include <tlm_utils/simple_target_socket.h>

#include "hw/control/edge_clock.h"
#include "hw/memory/backing_store.h"
#include "hw/memory/bandwidth_ledger.h"
#include "hw/memory/burst_payload.h"
#include "hw/memory/core_scratchpad.h"
#include "hw/memory/memory_level.h"

namespace systolith {
namespace {

class SharedScratchpad final : public MemoryLevel {
 public:
  tlm_utils::simple_target_socket<SharedScratchpad> socket{"socket"};

  SharedScratchpad(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
      : MemoryLevel(name),
        config_(spec.config),
        clock_(spec.clock),
        values_(spec.values),
        ledger_(spec.config.banks, kLedgerWindow) {
    socket.register_nb_transport_fw(this, &SharedScratchpad::nb_transport_fw);
    socket.register_b_transport(this, &SharedScratchpad::b_transport);
    socket.register_transport_dbg(this, &SharedScratchpad::transport_dbg);
  }

  tlm::tlm_target_socket<>& target() override { return socket; }
  LevelTraffic traffic() const override { return traffic_; }

 private:
  static constexpr std::int64_t kLedgerWindow = 16;  // cycles

  // Completes early: the response time is known on arrival.
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) b_transport(request, delay);
    return tlm::TLM_COMPLETED;
  }

  void b_transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
    if (transport_dbg(request) == 0) return;
    const Femtoseconds now = kernel_time();
    const Cycles arrival = clock_.at_or_after(now + to_femtoseconds(delay));
    const std::int64_t words =
        words_touched(request.get_address(), request.get_data_length(), config_.width);
    const Cycles served = ledger_.reserve(clock_.at_or_before(now), arrival,
                                          arrival + Cycles(ceil_div(words, config_.banks)), words);
    (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) +=
        request.get_data_length();
    traffic_.hits += words;
    traffic_.hit_bytes += request.get_data_length();
    const Cycles wait = served - arrival - Cycles(ceil_div(words, config_.banks));
    traffic_.bank_wait += wait;
    blame(request, Cause::level_bank, clock_.edge(wait));
    delay = to_sc_time(clock_.edge(served + config_.latency) - now);
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& request) {
    const std::uint64_t address = request.get_address();
    const unsigned bytes = request.get_data_length();
    if (bytes == 0 || address + bytes > static_cast<std::uint64_t>(config_.capacity.count())) {
      request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return 0;
    }
    if (values_ && request.is_write()) contents_.write(address, request.get_data_ptr(), bytes);
    if (values_ && request.is_read()) contents_.read(address, request.get_data_ptr(), bytes);
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    return bytes;
  }

  LevelConfig config_;
  EdgeClock clock_;
  bool values_;
  BandwidthLedger ledger_;
  BackingStore contents_;
  LevelTraffic traffic_;
};

}  // namespace

extern const Registration<MemoryLevel> scratchpad = {
    "scratchpad", "Banked on-chip memory with a fixed latency, shared by the cores.",
    [](const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
        -> std::unique_ptr<MemoryLevel> { return std::make_unique<SharedScratchpad>(name, spec); }};

}  // namespace systolith
