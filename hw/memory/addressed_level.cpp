#include "hw/memory/addressed_level.h"

#include "hw/memory/burst_payload.h"

namespace systolith {

AddressedLevel::AddressedLevel(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
    : MemoryLevel(name),
      config_(spec.config),
      number_(spec.number),
      clock_(spec.clock),
      values_(spec.values) {
  socket.register_nb_transport_fw(this, &AddressedLevel::nb_transport_fw);
  socket.register_b_transport(this, &AddressedLevel::b_transport);
  socket.register_transport_dbg(this, &AddressedLevel::transport_dbg);
}

tlm::tlm_sync_enum AddressedLevel::nb_transport_fw(tlm::tlm_generic_payload& request,
                                                   tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) b_transport(request, delay);
  return tlm::TLM_COMPLETED;
}

void AddressedLevel::b_transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
  if (transport_dbg(request) == 0) return;
  const Femtoseconds now = kernel_time();
  const Service service =
      serve(request, clock_.at_or_before(now), clock_.at_or_after(now + to_femtoseconds(delay)));
  (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) += request.get_data_length();
  traffic_.hits += service.accesses;
  traffic_.hit_bytes += request.get_data_length();
  traffic_.bank_wait += service.wait;
  blame(request, {contention(), number_}, clock_.edge(service.wait));
  delay = to_sc_time(clock_.edge(service.end + config_.latency) - now);
}

unsigned AddressedLevel::transport_dbg(tlm::tlm_generic_payload& request) {
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

}  // namespace systolith
