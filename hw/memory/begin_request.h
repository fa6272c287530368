// The beginning of a TLM-2.0 transaction, as its initiator sees it.
#pragma once

#include <tlm>

namespace systolith {

enum class Begun : std::uint8_t {
  in_request_phase,  // the target holds up the next request until it ends the phase
  taken,             // the next request may come; the response is still to come
  answered,          // at once: the transaction is over
};

// Sends BEGIN_REQ, `delay` from now. With `answered`, `delay` is to the response then.
template <class Socket>
Begun begin_request(Socket& socket, tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  const tlm::tlm_sync_enum status = socket->nb_transport_fw(request, phase, delay);
  if (status == tlm::TLM_ACCEPTED) return Begun::in_request_phase;
  if (status == tlm::TLM_COMPLETED) return Begun::answered;
  if (phase != tlm::BEGIN_RESP) return Begun::taken;
  phase = tlm::END_RESP;
  sc_core::sc_time end = delay;
  socket->nb_transport_fw(request, phase, end);
  return Begun::answered;
}

}  // namespace systolith
