#include "hw/dma/dma.h"

#include <algorithm>

#include "hw/base/by_time.h"
#include "hw/base/error.h"
#include "hw/control/cause_board.h"
#include "hw/dma/repack.h"
#include "hw/dma/transfer_bounds.h"
#include "hw/isa/transfer_reach.h"
#include "hw/memory/begin_request.h"

namespace systolith {
namespace {

constexpr std::int64_t kFemtosPerSecond = 1'000'000'000'000'000;

}  // namespace

Dma::Dma(const sc_core::sc_module_name& name, Engine direction, CoreContext& context,
         const DmaSpec& spec)
    : EngineModule(name, direction, context, spec.queue_depth),
      spec_(spec),
      link_period_(kFemtosPerSecond / spec.link_clock.count()),
      flights_(static_cast<std::size_t>(spec.dma.channels)),
      no_data_(static_cast<std::size_t>(spec.dma.burst.count())) {
  for (std::size_t slot = flights_.size(); slot-- > 0;) free_slots_.push_back(slot);
  socket.register_nb_transport_bw(this, &Dma::nb_transport_bw);
}

void Dma::step(Cycles now) {
  account(now);
  receive(now);
  take_up(now);
  const bool issued = issue(now);
  Standing standing;
  standing.progressing = !order_.empty();
  if (standing.progressing) {
    standing.own = issuable() != nullptr && in_request_phase_ == nullptr
                       ? Cause::interconnect
                       : waits_for(transfer(flights_[order_.front()].command));
    if (issued) {
      book(Cause::busy, now);
      accounted_ = now + Cycles(1);
    } else if (accounted_ <= now) {
      book(standing.own, now);
      accounted_ = now;
    }
  }
  settle(standing, now);
  schedule(now, issued);
}

// Attributes the cycles since the last step: waiting, and the receipt in the last one.
void Dma::account(Cycles now) {
  if (!standing().progressing || accounted_ >= now) return;
  book(reason(), accounted_);
  if (!arrivals_.empty() && arrivals_.front().at <= now) {
    const Arrival& arrival = arrivals_.front();
    const bool delayed = arrival.at > arrival.data;
    const Cycles from = delayed ? arrival.data : now - Cycles(1);
    book(delayed ? Cause::bank_conflict : Cause::busy, std::max(from, accounted_));
  }
  accounted_ = now;
}

void Dma::book(Reason reason, Cycles since) { context_.causes.book(*this, reason, since); }

Cause Dma::waits_for(const Transfer& transfer) const {
  return spec_.waits[static_cast<std::size_t>(AddressMap::level_of(transfer.system_address) + 1)];
}

// Who waits for data waits for the next burst to come, as far as that is known.
Reason Dma::reason() const {
  const bool waits = standing().own != Cause::interconnect && !arrivals_.empty();
  return waits ? arrivals_.front().wait : Reason(standing().own);
}

void Dma::receive(Cycles now) {
  while (!arrivals_.empty() && arrivals_.front().at <= now) {
    const Arrival arrival = arrivals_.front();
    arrivals_.pop_front();
    --outstanding_;
    bytes_in_flight_ -= static_cast<std::uint32_t>(arrival.bytes);
    Flight& flight = flights_[arrival.slot];
    if (--flight.outstanding == 0 && flight.bursts.done()) finish(arrival.slot, now);
  }
}

void Dma::take_up(Cycles now) {
  while (!free_slots_.empty() && ready_head() != nullptr) {
    const std::size_t slot = free_slots_.back();
    free_slots_.pop_back();
    order_.push_back(slot);
    Flight& flight = flights_[slot];
    flight.command = pop();
    flight.bursts = BurstGenerator(transfer(flight.command), spec_.dma.burst);
    flight.start = now;
    flight.moved = 0;
    if (transfer(flight.command).pad.any()) pad(slot, now);
  }
}

// Padding is written while the first data are on their way.
void Dma::pad(std::size_t slot, Cycles now) {
  Flight& flight = flights_[slot];
  const Transfer& padded = transfer(flight.command);
  const LocalAddress to{flight.command.tenant, padded.local_address};
  if (std::uint8_t* data = scratchpad->data(to)) write_padding(padded, data);
  const std::int64_t words = padding_words(padded, scratchpad->width(to));
  const Cycles done = move(flight, Access::write, to, now, now, now + Cycles(1), words);
  ++flight.outstanding;
  ++outstanding_;
  insert_by_time(arrivals_, Arrival{done, now + Cycles(1), Cause::bank_conflict, slot, 0});
}

Cycles Dma::move(Flight& flight, Access access, LocalAddress at, Cycles now, Cycles begin,
                 Cycles end, std::int64_t words) {
  flight.moved += words * scratchpad->width(at).count();
  return scratchpad->reserve(access, at, now, begin, end, words);
}

Dma::Flight* Dma::issuable() {
  if (outstanding_ >= spec_.dma.outstanding) return nullptr;
  for (const std::size_t slot : order_)
    if (!flights_[slot].bursts.done()) return &flights_[slot];
  return nullptr;
}

bool Dma::issue(Cycles now) {
  const Femtoseconds begin = context_.clock.edge(now), end = context_.clock.edge(now + Cycles(1));
  bool issued = false;
  while (in_request_phase_ == nullptr) {
    Flight* flight = issuable();
    if (flight == nullptr) break;
    const Femtoseconds departure = std::max(link_free_, begin);
    if (departure >= end) break;
    send(static_cast<std::size_t>(flight - flights_.data()), departure);
    issued = true;
  }
  return issued;
}

void Dma::send(std::size_t slot, Femtoseconds departure) {
  Flight& flight = flights_[slot];
  const Burst burst = flight.bursts.next();
  link_free_ = departure + Femtoseconds(burst.bytes * link_period_ / spec_.link_width.count());
  ++flight.outstanding;
  ++outstanding_;
  bytes_in_flight_ += static_cast<std::uint32_t>(burst.bytes);
  if (!is_load()) {
    const Cycles now = context_.clock.now();
    const LocalAddress from{flight.command.tenant, burst.local_address};
    const std::int64_t words =
        local_words(transfer(flight.command), from.byte, burst.bytes, scratchpad->width(from));
    const Cycles read = move(flight, Access::read, from, now, now, now + Cycles(1), words);
    departure += context_.clock.edge(read) - context_.clock.edge(now + Cycles(1));
  }
  BurstPayload& payload = pool_.take();
  payload.sent = departure;
  fill(payload, burst, slot);
  sc_core::sc_time delay = to_sc_time(departure - kernel_time());
  const Begun begun = begin_request(socket, payload, delay);
  if (begun == Begun::in_request_phase) in_request_phase_ = &payload;
  if (begun == Begun::answered) arrives(payload, kernel_time() + to_femtoseconds(delay));
}

void Dma::fill(BurstPayload& payload, const Burst& burst, std::size_t slot) {
  const Command& command = flights_[slot].command;
  payload.slot = slot;
  payload.local_address = burst.local_address;
  payload.tenant.tenant = command.tenant;
  payload.tenant.layer = command.layer;
  payload.set_command(is_load() ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
  payload.set_address(burst.system_address);
  payload.set_data_ptr(stage(payload, burst, transfer(command)));
  payload.set_data_length(static_cast<unsigned>(burst.bytes));
  payload.set_streaming_width(static_cast<unsigned>(burst.bytes));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

// Where the burst's bytes are side by side: in the scratchpad, or on their way to or from it.
std::uint8_t* Dma::stage(BurstPayload& payload, const Burst& burst, const Transfer& transfer) {
  std::uint8_t* data = scratchpad->data({payload.tenant.tenant, burst.local_address});
  if (data == nullptr) return no_data_.data();
  if (!is_repacked(transfer)) return data;
  payload.staged.resize(static_cast<std::size_t>(burst.bytes));
  if (!is_load()) gather(transfer, data, burst.bytes, payload.staged.data());
  return payload.staged.data();
}

tlm::tlm_sync_enum Dma::nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                        sc_core::sc_time& delay) {
  // END_REQ, or the BEGIN_RESP that implies it; not a response to an earlier request.
  if (in_request_phase_ == &request) in_request_phase_ = nullptr;
  wake_at(context_.clock.now());
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  try {
    arrives(static_cast<BurstPayload&>(request), kernel_time() + to_femtoseconds(delay));
  } catch (...) {  // it must not pass through the target's process
    context_.run.failed(std::current_exception());
  }
  return tlm::TLM_COMPLETED;
}

void Dma::arrives(BurstPayload& payload, Femtoseconds at) {
  if (payload.is_response_error())
    user_error("{}: {} of {} bytes at {:#x} was answered with {}", name(),
               payload.is_read() ? "read" : "write", payload.get_data_length(),
               payload.get_address(), payload.get_response_string());
  const Cycles data = context_.clock.at_or_after(at);
  const Transfer& moved = transfer(flights_[payload.slot].command);
  const Reason wait = payload.delays.dominant(at - payload.sent, waits_for(moved));
  Arrival arrival{data, data, wait, payload.slot, payload.get_data_length()};
  if (is_load()) {
    const Cycles now = context_.clock.at_or_before(kernel_time());
    const Cycles begin = std::max(data - Cycles(1), now);
    if (context_.values && is_repacked(moved))
      scatter(moved, payload.staged.data(), arrival.bytes,
              scratchpad->data({payload.tenant.tenant, payload.local_address}));
    const LocalAddress to{payload.tenant.tenant, payload.local_address};
    arrival.at = move(flights_[payload.slot], Access::write, to, now, begin, data,
                      local_words(moved, to.byte, arrival.bytes, scratchpad->width(to)));
  }
  payload.release();
  insert_by_time(arrivals_, arrival);
}

void Dma::schedule(Cycles now, bool issued) {
  std::optional<Cycles> next;
  const auto consider = [&](Cycles edge) { next = next ? std::min(*next, edge) : edge; };
  if (!arrivals_.empty()) consider(arrivals_.front().at);
  if (issued && context_.traced) consider(now + Cycles(1));
  if (in_request_phase_ == nullptr && issuable() != nullptr)
    consider(std::max(now + Cycles(1), context_.clock.at_or_before(link_free_)));
  if (next) wake_at(std::max(*next, now));
}

void Dma::finish(std::size_t slot, Cycles now) {
  Flight& flight = flights_[slot];
  order_.erase(std::find(order_.begin(), order_.end(), slot));
  free_slots_.push_back(slot);
  const Transfer& moved = transfer(flight.command);
  CommandWork work;
  (is_load() ? work.load_bytes : work.store_bytes) = moved.bytes();
  work.scratchpad_bytes = flight.moved;
  if (AddressMap::level_of(moved.system_address) < 0) work.dram_bytes = moved.bytes();
  retire(flight.command, flight.start, now, work);
}

const Transfer& Dma::transfer(const Command& command) const {
  return is_load() ? static_cast<const Transfer&>(std::get<Load>(command.operation))
                   : static_cast<const Transfer&>(std::get<Store>(command.operation));
}

void Dma::check(const Command& command) {
  check_transfer(command, transfer(command), scratchpad->capacity(command.tenant),
                 spec_.capacities[command.tenant]);
}

}  // namespace systolith
