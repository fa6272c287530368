// An approximately-timed memory as a third party would write it, from tlm_utils alone. It checks
// the base protocol's exclusion rules on whoever talks to it.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

namespace systolith {

enum class AtStyle {
  four_phases,        // ACCEPTED, END_REQ later, BEGIN_RESP later
  skips_end_req,      // ACCEPTED, BEGIN_RESP later
  end_req_in_return,  // UPDATED with END_REQ, BEGIN_RESP later
  responds_at_once,   // UPDATED with BEGIN_RESP
};

class AtTarget final : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<AtTarget> socket{"socket"};

  AtTarget(const sc_core::sc_module_name& name, AtStyle style, std::size_t bytes)
      : sc_module(name), memory(bytes), style_(style), queue_(this, &AtTarget::due) {
    socket.register_nb_transport_fw(this, &AtTarget::nb_transport_fw);
  }

  std::vector<unsigned char> memory;
  int requests = 0;
  int violations = 0;  // of the exclusion rules

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) {
      end_response();
      return tlm::TLM_COMPLETED;
    }
    if (in_request_) ++violations;
    ++requests;
    if (style_ == AtStyle::responds_at_once) {
      serve(request);
      phase = tlm::BEGIN_RESP;
      delay += kLatency;
      return tlm::TLM_UPDATED;
    }
    request.acquire();
    if (style_ == AtStyle::end_req_in_return) {
      queue_.notify(request, tlm::BEGIN_RESP, delay + kLatency);
      phase = tlm::END_REQ;
      return tlm::TLM_UPDATED;
    }
    in_request_ = true;
    queue_.notify(request, style_ == AtStyle::four_phases ? tlm::END_REQ : tlm::BEGIN_RESP,
                  delay + kAccept);
    return tlm::TLM_ACCEPTED;
  }

  void due(tlm::tlm_generic_payload& request, const tlm::tlm_phase& phase) {
    if (phase == tlm::END_REQ) {
      in_request_ = false;
      tlm::tlm_phase end = tlm::END_REQ;
      sc_core::sc_time now = sc_core::SC_ZERO_TIME;
      socket->nb_transport_bw(request, end, now);
      queue_.notify(request, tlm::BEGIN_RESP, kLatency);
      return;
    }
    ready_.push_back(&request);
    respond();
  }

  void respond() {
    while (!in_response_ && !ready_.empty()) {
      tlm::tlm_generic_payload& request = *ready_.front();
      ready_.pop_front();
      serve(request);
      in_response_ = true;
      if (style_ == AtStyle::skips_end_req) in_request_ = false;
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time now = sc_core::SC_ZERO_TIME;
      const tlm::tlm_sync_enum status = socket->nb_transport_bw(request, phase, now);
      request.release();
      if (status == tlm::TLM_COMPLETED || phase == tlm::END_RESP) in_response_ = false;
    }
  }

  void end_response() {
    in_response_ = false;
    respond();
  }

  void serve(tlm::tlm_generic_payload& request) {
    unsigned char* place = memory.data() + request.get_address();
    if (request.is_write())
      std::memcpy(place, request.get_data_ptr(), request.get_data_length());
    else
      std::memcpy(request.get_data_ptr(), place, request.get_data_length());
    request.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  const sc_core::sc_time kAccept{7, sc_core::SC_NS}, kLatency{50, sc_core::SC_NS};
  AtStyle style_;
  tlm_utils::peq_with_cb_and_phase<AtTarget> queue_;
  std::deque<tlm::tlm_generic_payload*> ready_;
  bool in_request_ = false, in_response_ = false;
};

}  // namespace systolith
