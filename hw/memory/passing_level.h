// A level that requests to DRAM pass through: what caches and FIFOs have in common. Both sides are
// TLM-2.0 non-blocking. A request is taken in while the input queue has room, and answered when the
// kind says so; what the kind asks for behind goes out in order, one in its request phase at a
// time.
//
// Timing only: contents, with values, are those of the memory behind, which a request reads or
// writes when it arrives, so that private levels agree without a protocol (coherence costs
// nothing). Requests that this level makes move no data: writes have all their bytes disabled.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <optional>

#include "hw/control/edge_clock.h"
#include "hw/memory/burst_payload.h"
#include "hw/memory/memory_level.h"

namespace systolith {

// All of a write's bytes are disabled: it takes its time and changes nothing.
bool changes_nothing(const tlm::tlm_generic_payload& write);

class PassingLevel : public MemoryLevel, private Calendar::Entry {
 public:
  tlm_utils::simple_target_socket<PassingLevel> front_socket{"front"};
  tlm_utils::simple_initiator_socket<PassingLevel> behind_socket{"behind"};

  PassingLevel(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec);

  tlm::tlm_target_socket<>& target() final { return front_socket; }
  tlm::tlm_initiator_socket<>* behind() final { return &behind_socket; }
  LevelTraffic traffic() const final { return traffic_; }

 protected:
  // The next request, `now` in its turn. False where it has to wait: it is offered again after each
  // return() and at wake_at().
  virtual bool take(tlm::tlm_generic_payload& request, Cycles now) = 0;
  // What was passed on with this tag has been answered, held back by `delays`.
  virtual void returned(std::size_t tag, const DelayExtension& delays, Cycles now) = 0;

  struct Onward {
    bool write;
    std::uint64_t address;
    std::int64_t bytes;
    Owner owner;
    std::size_t tag;
  };
  void pass_on(const Onward& onward, Cycles at);
  // The last data are there `at`.
  void respond(tlm::tlm_generic_payload& request, Cycles at);
  // Of the request: so many of the level's cycles.
  void blame_for(tlm::tlm_generic_payload& request, Cause cause, Cycles cycles) {
    blame(request, {cause, number_}, clock_.edge(cycles));
  }
  void wake_at(Cycles at) { wake_ = wake_ ? std::min(*wake_, at) : at; }
  // Cycles that `bytes` take of a bank or port.
  Cycles beats(std::int64_t bytes) const { return Cycles(ceil_div(bytes, config_.width.count())); }

  LevelConfig config_;
  std::uint32_t number_;
  LevelTraffic traffic_;

 private:
  struct Arrival {
    Cycles at;
    tlm::tlm_generic_payload* request;
    Cycles since;          // its arrival, before any wait to be taken in
    bool offered = false;  // to take()
  };
  struct Sending {
    Cycles at;
    BurstPayload* payload;
  };
  struct Return {
    Cycles at;
    BurstPayload* payload;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& request);
  void due() final;
  void take_returns(Cycles now);
  void take_arrivals(Cycles now);
  void send();
  void line_up(const Arrival& arrival);
  void comes_back(BurstPayload& payload, const sc_core::sc_time& delay);
  void make_appointment(Cycles now);

  static constexpr std::size_t kInputQueue = 16;        // requests
  static constexpr std::size_t kLargestRequest = 4096;  // bytes, as bursts and lines are limited

  Calendar& calendar_;
  EdgeClock clock_;
  bool values_;
  std::deque<Arrival> arrivals_;  // by time
  std::optional<Arrival> held_;   // in its request phase, for want of room
  bool blocked_ = false;          // the first arrival waits for a return
  std::deque<Sending> sending_;
  const tlm::tlm_generic_payload* in_request_phase_ = nullptr;
  std::deque<Return> returns_;  // by time
  std::optional<Cycles> wake_;
  BurstPool pool_;
  std::vector<std::uint8_t> no_data_;  // payloads point at it until they are answered
};

}  // namespace systolith
