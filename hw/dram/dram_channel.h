// A DRAM channel as a TLM-2.0 target around the controller (hw/dram/dram_controller.h): it cuts
// requests into native bursts and answers when the controller does. Addresses begin at 0.
//
//   read:   BEGIN_REQ ── END_REQ at once where the read queue has room, else when it has
//                        BEGIN_RESP as soon as the last burst's command is issued, with the delay
//                        to the end of its data
//   write:  posted: completed at once where the write queue has room, else BEGIN_RESP when it has
//
// Contents, with values, change when the request is made.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/base/slot_pool.h"
#include "hw/control/calendar.h"
#include "hw/control/edge_clock.h"
#include "hw/dram/dram_controller.h"
#include "hw/dram/memory_channel.h"
#include "hw/memory/backing_store.h"

namespace systolith {

class DramChannel final : public MemoryChannel, private Calendar::Entry {
 public:
  tlm_utils::simple_target_socket<DramChannel> socket{"socket"};

  DramChannel(const sc_core::sc_module_name& name, const DramConfig& config, bool values,
              Calendar& calendar);

  tlm::tlm_target_socket<>& target() override { return socket; }
  void settle(Femtoseconds end) override { controller_.settle(clock_.at_or_after(end)); }
  DramTraffic traffic() const override;

 private:
  // A request between its arrival and the controller, in bursts.
  struct Arrival {
    Cycles at;
    tlm::tlm_generic_payload* request;
    std::uint64_t address;  // of the next burst
    std::int64_t bursts;    // left to enter
    bool write;
    TenantId tenant;
    std::size_t read;  // in reads_
  };
  struct Read {  // in the controller
    tlm::tlm_generic_payload* request = nullptr;
    std::int64_t bursts = 0;  // unanswered
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& request);
  void due() override;

  Arrival arrival_of(tlm::tlm_generic_payload& request, Cycles at) const;
  bool has_room(bool write) const;
  void line_up(Arrival arrival);
  void admit(Cycles now);
  void take_held(Cycles now);
  void answer();
  void explain(tlm::tlm_generic_payload& request, const DramWait& wait);
  void respond(tlm::tlm_generic_payload& request, Cycles at);
  void make_appointment(Cycles now);

  Calendar& calendar_;
  Bytes capacity_, burst_;
  std::int64_t queue_[2];  // bursts that wait: reads, writes
  EdgeClock clock_;
  DramController controller_;
  std::deque<Arrival> arrivals_;       // by time
  std::int64_t arriving_[2] = {0, 0};  // bursts of them: reads, writes
  std::optional<Arrival> held_;        // in its request phase, for want of room
  SlotPool<Read> reads_;
  bool values_;
  BackingStore contents_;
  DramTraffic traffic_;
};

}  // namespace systolith
