#include "hw/dram/dram.h"

namespace systolith {

DramChannel::DramChannel(const sc_core::sc_module_name& name, const DramConfig& config, bool values)
    : sc_module(name),
      capacity_(config.channel_capacity()),
      clock_(config.facts.clock),
      timing_(config),
      values_(values) {
  socket.register_nb_transport_fw(this, &DramChannel::nb_transport_fw);
  socket.register_b_transport(this, &DramChannel::b_transport);
  socket.register_transport_dbg(this, &DramChannel::transport_dbg);
}

tlm::tlm_sync_enum DramChannel::nb_transport_fw(tlm::tlm_generic_payload& request,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) b_transport(request, delay);
  return tlm::TLM_COMPLETED;
}

void DramChannel::b_transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
  if (transport_dbg(request) == 0) return;
  const Femtoseconds now = kernel_time();
  const Cycles arrival = clock_.at_or_after(now + to_femtoseconds(delay));
  const std::int64_t bytes = request.get_data_length();
  const Cycles done = timing_.serve({request.get_address(), bytes, request.is_write()}, arrival);
  (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) += bytes;
  ++traffic_.requests;
  delay = to_sc_time(clock_.edge(done) - now);
}

unsigned DramChannel::transport_dbg(tlm::tlm_generic_payload& request) {
  const std::uint64_t address = request.get_address();
  const unsigned bytes = request.get_data_length();
  if (bytes == 0 || address + bytes > static_cast<std::uint64_t>(capacity_.count())) {
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  if (values_ && request.is_write()) contents_.write(address, request.get_data_ptr(), bytes);
  if (values_ && request.is_read()) contents_.read(address, request.get_data_ptr(), bytes);
  request.set_response_status(tlm::TLM_OK_RESPONSE);
  return bytes;
}

Dram::Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs,
           bool values)
    : sc_module(name) {
  channels.init(specs.size(), [&](const char*, std::size_t index) {
    return new DramChannel(specs[index].name.c_str(), specs[index].config, values);
  });
}

DramTraffic Dram::traffic() const {
  DramTraffic sum;
  for (const DramChannel& channel : channels) {
    sum.bytes_read += channel.traffic().bytes_read;
    sum.bytes_written += channel.traffic().bytes_written;
    sum.requests += channel.traffic().requests;
  }
  return sum;
}

}  // namespace systolith
