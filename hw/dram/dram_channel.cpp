#include "hw/dram/dram_channel.h"

#include <algorithm>

#include "hw/base/by_time.h"
#include "hw/memory/burst_payload.h"
#include "hw/memory/passing_level.h"

namespace systolith {

DramTraffic& DramTraffic::operator+=(const DramTraffic& other) {
  bytes_read += other.bytes_read;
  bytes_written += other.bytes_written;
  requests += other.requests;
  row_hits += other.row_hits;
  row_misses += other.row_misses;
  events += other.events;
  return *this;
}

DramChannel::DramChannel(const sc_core::sc_module_name& name, const DramConfig& config, bool values,
                         Calendar& calendar)
    : MemoryChannel(name),
      calendar_(calendar),
      capacity_(config.channel_capacity()),
      burst_(config.burst()),
      queue_{config.read_queue, config.write_queue},
      clock_(config.facts.clock),
      controller_(config),
      values_(values) {
  calendar_.enroll(*this);
  socket.register_nb_transport_fw(this, &DramChannel::nb_transport_fw);
  socket.register_transport_dbg(this, &DramChannel::transport_dbg);
}

DramTraffic DramChannel::traffic() const {
  DramTraffic traffic = traffic_;
  traffic.row_hits = controller_.counters().row_hits;
  traffic.row_misses = controller_.counters().row_misses;
  traffic.events = controller_.counters().events();
  return traffic;
}

tlm::tlm_sync_enum DramChannel::nb_transport_fw(tlm::tlm_generic_payload& request,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ || transport_dbg(request) == 0) return tlm::TLM_COMPLETED;
  const std::int64_t bytes = request.get_data_length();
  (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) += bytes;
  ++traffic_.requests;
  const Femtoseconds now = kernel_time();
  const Arrival arrival = arrival_of(request, clock_.at_or_after(now + to_femtoseconds(delay)));
  if (held_ || !has_room(arrival.write)) {
    SYSTOLITH_CHECK(!held_, "{}: a second request in the request phase", name());
    held_ = arrival;
    return tlm::TLM_ACCEPTED;
  }
  line_up(arrival);
  calendar_.at(*this, clock_.edge(arrival.at));
  if (arrival.write) {
    delay = to_sc_time(clock_.edge(arrival.at) - now);
    return tlm::TLM_COMPLETED;
  }
  phase = tlm::END_REQ;
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

unsigned DramChannel::transport_dbg(tlm::tlm_generic_payload& request) {
  const std::uint64_t address = request.get_address();
  const unsigned bytes = request.get_data_length();
  if (bytes == 0 || address + bytes > static_cast<std::uint64_t>(capacity_.count())) {
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  if (values_ && request.is_write() && !changes_nothing(request))
    contents_.write(address, request.get_data_ptr(), bytes);
  if (values_ && request.is_read()) contents_.read(address, request.get_data_ptr(), bytes);
  request.set_response_status(tlm::TLM_OK_RESPONSE);
  return bytes;
}

DramChannel::Arrival DramChannel::arrival_of(tlm::tlm_generic_payload& request, Cycles at) const {
  const auto burst = static_cast<std::uint64_t>(burst_.count());
  const std::uint64_t first = request.get_address() / burst;
  const std::uint64_t last = (request.get_address() + request.get_data_length() - 1) / burst;
  return {at,
          &request,
          first * burst,
          static_cast<std::int64_t>(last - first + 1),
          request.is_write(),
          tenant_of(request),
          0};
}

// A request is taken in whole, so that one larger than the queue gets in.
bool DramChannel::has_room(bool write) const {
  const std::int64_t waiting =
      write ? controller_.waiting().writes() : controller_.waiting().reads();
  return waiting + arriving_[write] < queue_[write];
}

void DramChannel::line_up(Arrival arrival) {
  if (!arrival.write) arrival.read = reads_.add({arrival.request, arrival.bursts});
  arriving_[arrival.write] += arrival.bursts;
  insert_by_time(arrivals_, arrival);
}

// At one clock, what arrives comes before the commands.
void DramChannel::due() {
  const Cycles now = clock_.now();
  for (;;) {
    admit(now);
    answer();
    if (controller_.next() > now) break;
    controller_.step();
    answer();
    take_held(now);
  }
  make_appointment(now);
}

void DramChannel::admit(Cycles now) {
  while (!arrivals_.empty() && arrivals_.front().at <= now) {
    Arrival& arrival = arrivals_.front();
    const DramRequest burst{arrival.address, arrival.write, arrival.tenant, arrival.read};
    if (!controller_.accepts(burst)) return;
    controller_.accept(burst, now);
    --arriving_[arrival.write];
    arrival.address += static_cast<std::uint64_t>(burst_.count());
    if (--arrival.bursts == 0) arrivals_.pop_front();
  }
}

// The request phase ends when there is room; of a write, all of it.
void DramChannel::take_held(Cycles now) {
  while (held_ && has_room(held_->write)) {
    Arrival arrival = *held_;
    held_.reset();
    blame(*arrival.request, Cause::dram_queue,
          clock_.edge(std::max(arrival.at, now)) - clock_.edge(arrival.at));
    arrival.at = std::max(arrival.at, now);
    line_up(arrival);
    if (arrival.write) {
      respond(*arrival.request, arrival.at);
      continue;
    }
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(*arrival.request, phase, delay);
  }
}

void DramChannel::answer() {
  std::deque<DramAnswer>& answers = controller_.answers();
  while (!answers.empty()) {
    const DramAnswer answer = answers.front();
    answers.pop_front();
    if (--reads_[answer.tag].bursts > 0) continue;
    tlm::tlm_generic_payload& request = *reads_.take(answer.tag).request;
    explain(request, answer.wait);
    respond(request, answer.at);
  }
}

void DramChannel::explain(tlm::tlm_generic_payload& request, const DramWait& wait) {
  blame(request, Cause::row_miss, clock_.edge(wait.row));
  blame(request, Cause::refresh, clock_.edge(wait.refresh));
  blame(request, Cause::write_drain, clock_.edge(wait.writes));
}

void DramChannel::respond(tlm::tlm_generic_payload& request, Cycles at) {
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = to_sc_time(clock_.edge(at) - kernel_time());
  socket->nb_transport_bw(request, phase, delay);
}

// Arrivals that are there, but not in, wait for a command.
void DramChannel::make_appointment(Cycles now) {
  Cycles next = controller_.next();
  if (!arrivals_.empty() && arrivals_.front().at > now) next = std::min(next, arrivals_.front().at);
  if (next != DramController::kNever) calendar_.at(*this, clock_.edge(next));
}

}  // namespace systolith
