#include "hw/memory/passing_level.h"

#include <algorithm>
#include <utility>

#include "hw/base/by_time.h"
#include "hw/base/error.h"
#include "hw/memory/begin_request.h"

namespace systolith {
namespace {

std::uint8_t kDisabled[] = {TLM_BYTE_DISABLED};

}  // namespace

bool changes_nothing(const tlm::tlm_generic_payload& write) {
  const unsigned char* enabled = write.get_byte_enable_ptr();
  return enabled != nullptr &&
         std::all_of(enabled, enabled + write.get_byte_enable_length(),
                     [](unsigned char byte) { return byte == TLM_BYTE_DISABLED; });
}

PassingLevel::PassingLevel(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec)
    : MemoryLevel(name),
      config_(spec.config),
      number_(spec.number),
      calendar_(spec.calendar),
      clock_(spec.clock),
      values_(spec.values),
      no_data_(kLargestRequest) {
  calendar_.enroll(*this);
  front_socket.register_nb_transport_fw(this, &PassingLevel::nb_transport_fw);
  front_socket.register_transport_dbg(this, &PassingLevel::transport_dbg);
  behind_socket.register_nb_transport_bw(this, &PassingLevel::nb_transport_bw);
}

tlm::tlm_sync_enum PassingLevel::nb_transport_fw(tlm::tlm_generic_payload& request,
                                                 tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
  if (values_ && !(request.is_write() && changes_nothing(request)) && transport_dbg(request) == 0) {
    request.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  request.set_response_status(tlm::TLM_OK_RESPONSE);
  const std::int64_t bytes = request.get_data_length();
  (request.is_write() ? traffic_.bytes_written : traffic_.bytes_read) += bytes;
  const Cycles at = clock_.at_or_after(kernel_time() + to_femtoseconds(delay));
  const Arrival arrival{at, &request, at};
  if (held_ || arrivals_.size() >= kInputQueue) {
    SYSTOLITH_CHECK(!held_, "{}: a second request in the request phase", name());
    held_ = arrival;
    return tlm::TLM_ACCEPTED;
  }
  line_up(arrival);
  phase = tlm::END_REQ;
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

void PassingLevel::line_up(const Arrival& arrival) {
  insert_by_time(arrivals_, arrival);
  calendar_.at(*this, clock_.edge(arrival.at));
}

unsigned PassingLevel::transport_dbg(tlm::tlm_generic_payload& request) {
  const std::uint64_t address = request.get_address();
  const unsigned moved = behind_socket->transport_dbg(request);
  request.set_address(address);
  return moved;
}

// At one edge, what comes back makes room for what arrives.
void PassingLevel::due() {
  const Cycles now = clock_.now();
  wake_.reset();
  take_returns(now);
  take_arrivals(now);
  send();
  make_appointment(now);
}

void PassingLevel::take_returns(Cycles now) {
  while (!returns_.empty() && returns_.front().at <= now) {
    BurstPayload& payload = *returns_.front().payload;
    returns_.pop_front();
    const std::size_t tag = payload.slot;
    returned(tag, payload.delays, now);
    payload.release();
  }
}

void PassingLevel::take_arrivals(Cycles now) {
  blocked_ = false;
  while (!arrivals_.empty() && arrivals_.front().at <= now) {
    Arrival& first = arrivals_.front();
    // What goes before waits for nothing but room to miss.
    if (!std::exchange(first.offered, true))
      blame_for(*first.request, Cause::level_miss, now - first.since);
    if (!take(*first.request, now)) {
      blocked_ = true;
      return;
    }
    arrivals_.pop_front();
    if (!held_) continue;
    Arrival arrival = *held_;
    held_.reset();
    arrival.at = std::max(arrival.at, now);
    line_up(arrival);
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    front_socket->nb_transport_bw(*arrival.request, phase, delay);
  }
}

void PassingLevel::pass_on(const Onward& onward, Cycles at) {
  BurstPayload& payload = pool_.take();
  const auto bytes = static_cast<std::size_t>(onward.bytes);
  SYSTOLITH_CHECK(bytes <= no_data_.size(), "{}: a request of {} bytes", name(), bytes);
  payload.slot = onward.tag;
  payload.tenant.tenant = onward.owner.tenant;
  payload.tenant.layer = onward.owner.layer;
  payload.set_command(onward.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(onward.address);
  payload.set_data_ptr(no_data_.data());
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_byte_enable_ptr(onward.write ? kDisabled : nullptr);
  payload.set_byte_enable_length(onward.write ? 1 : 0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  (onward.write ? traffic_.bytes_out : traffic_.bytes_in) += onward.bytes;
  sending_.push_back({at, &payload});
}

void PassingLevel::send() {
  while (in_request_phase_ == nullptr && !sending_.empty()) {
    const Sending next = sending_.front();
    sending_.pop_front();
    const Femtoseconds wait = clock_.edge(next.at) - kernel_time();
    sc_core::sc_time delay = to_sc_time(Femtoseconds(std::max<std::int64_t>(wait.count(), 0)));
    const Begun begun = begin_request(behind_socket, *next.payload, delay);
    if (begun == Begun::in_request_phase) in_request_phase_ = next.payload;
    if (begun == Begun::answered) comes_back(*next.payload, delay);
  }
}

tlm::tlm_sync_enum PassingLevel::nb_transport_bw(tlm::tlm_generic_payload& request,
                                                 tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (in_request_phase_ == &request) {  // END_REQ, or the BEGIN_RESP that implies it
    in_request_phase_ = nullptr;
    calendar_.now(*this);
  }
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  comes_back(static_cast<BurstPayload&>(request), delay);
  return tlm::TLM_COMPLETED;
}

void PassingLevel::comes_back(BurstPayload& payload, const sc_core::sc_time& delay) {
  SYSTOLITH_CHECK(!payload.is_response_error(), "{}: {} bytes at {:#x} were answered with {}",
                  name(), payload.get_data_length(), payload.get_address(),
                  payload.get_response_string());
  const Cycles at = clock_.at_or_after(kernel_time() + to_femtoseconds(delay));
  insert_by_time(returns_, Return{at, &payload});
  calendar_.at(*this, clock_.edge(at));
}

void PassingLevel::respond(tlm::tlm_generic_payload& request, Cycles at) {
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = clock_.until(at);
  front_socket->nb_transport_bw(request, phase, delay);
}

void PassingLevel::make_appointment(Cycles now) {
  std::optional<Cycles> next = wake_;
  const auto consider = [&](Cycles at) { next = next ? std::min(*next, at) : at; };
  if (!returns_.empty()) consider(returns_.front().at);
  if (!arrivals_.empty() && !blocked_) consider(arrivals_.front().at);
  if (next) calendar_.at(*this, clock_.edge(std::max(*next, now)));
}

}  // namespace systolith
