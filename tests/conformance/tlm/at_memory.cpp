// A memory as a third party would write it: approximately timed, four phases, from the standard's
// own utilities alone (IEEE 1666-2011, clauses 15 and 16). Requests are accepted after 10 ns, at
// most eight at a time, and answered 60 ns later, one response at a time. Its configuration is
// "prompt", or "silent": it accepts and never answers.
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <deque>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "hw/dram/memory_plugin.h"

namespace {

using sc_core::sc_time;
using tlm::tlm_generic_payload;

const sc_time kAccept(10, sc_core::SC_NS), kLatency(60, sc_core::SC_NS);
constexpr int kInFlight = 8;

class AtMemory final : public sc_core::sc_module, public systolith::MemoryPlugin {
 public:
  AtMemory(const sc_core::sc_module_name& name, std::uint64_t capacity, bool silent)
      : sc_module(name), peq_(this, &AtMemory::next_phase), capacity_(capacity), silent_(silent) {
    socket_.register_nb_transport_fw(this, &AtMemory::nb_transport_fw);
    socket_.register_transport_dbg(this, &AtMemory::transport_dbg);
  }
  tlm::tlm_target_socket<>& socket() override { return socket_; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) request.acquire();
    peq_.notify(request, phase, delay);
    return tlm::TLM_ACCEPTED;
  }

  void next_phase(tlm_generic_payload& request, const tlm::tlm_phase& phase) {
    if (phase == tlm::BEGIN_REQ) {
      if (in_flight_ == kInFlight)
        waiting_ = &request;
      else
        accept(request);
    } else if (phase == tlm::END_REQ) {
      tlm::tlm_phase out = tlm::END_REQ;
      sc_time none;
      socket_->nb_transport_bw(request, out, none);
      if (!silent_) peq_.notify(request, tlm::BEGIN_RESP, kLatency);
    } else if (phase == tlm::BEGIN_RESP) {
      ready_.push_back(&request);
      if (ready_.size() == 1) respond();
    } else if (phase == tlm::END_RESP) {
      finish(request);
    }
  }

  void accept(tlm_generic_payload& request) {
    ++in_flight_;
    peq_.notify(request, tlm::END_REQ, kAccept);
  }

  void respond() {
    tlm_generic_payload& request = *ready_.front();
    transport_dbg(request);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_time none;
    if (socket_->nb_transport_bw(request, phase, none) == tlm::TLM_COMPLETED) finish(request);
  }

  void finish(tlm_generic_payload& request) {
    ready_.pop_front();
    --in_flight_;
    request.release();
    if (waiting_ != nullptr) accept(*std::exchange(waiting_, nullptr));
    if (!ready_.empty()) respond();
  }

  unsigned transport_dbg(tlm_generic_payload& request) {
    const std::uint64_t address = request.get_address();
    const unsigned bytes = request.get_data_length();
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (address + bytes > capacity_) return 0;
    for (unsigned i = 0; i < bytes; ++i) {
      unsigned char& data = request.get_data_ptr()[i];
      const unsigned char* enable = request.get_byte_enable_ptr();
      if (request.is_read())
        data = byte(address + i);
      else if (enable == nullptr ||
               enable[i % request.get_byte_enable_length()] == TLM_BYTE_ENABLED)
        byte(address + i) = data;
    }
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    return bytes;
  }

  unsigned char& byte(std::uint64_t address) {
    std::vector<unsigned char>& page = pages_[address / kPage];
    page.resize(kPage);
    return page[address % kPage];
  }

  static constexpr std::uint64_t kPage = 4096;
  tlm_utils::simple_target_socket<AtMemory> socket_{"socket"};
  tlm_utils::peq_with_cb_and_phase<AtMemory> peq_;
  std::uint64_t capacity_;
  bool silent_;
  int in_flight_ = 0;
  tlm_generic_payload* waiting_ = nullptr;
  std::deque<tlm_generic_payload*> ready_;
  std::map<std::uint64_t, std::vector<unsigned char>> pages_;
};

}  // namespace

extern "C" systolith::MemoryPlugin* systolith_create_memory(
    const systolith::MemoryPluginSpec* spec) {
  const std::string configuration = spec->configuration;
  if (configuration != "prompt" && configuration != "silent")
    throw std::runtime_error("dram.plugin_config is '" + configuration +
                             "' (allowed: prompt, silent)");
  return new AtMemory(spec->name, spec->capacity, configuration == "silent");
}
