// A DMA engine: one direction between system memory and the core's scratchpad. Up to `channels`
// commands are in flight, up to `outstanding` bursts; the oldest command's bursts go first. The
// link to the interconnect takes `width` bytes a clock.
//
// A cycle is `busy` where a burst was issued or received, `interconnect` where the next burst waits
// for the link, `bank_conflict` where arrived data waits for the scratchpad, else `dram`.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <tlm>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/control/engine.h"
#include "hw/dma/burst_generator.h"
#include "hw/memory/burst_payload.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {

struct DmaSpec {
  DmaConfig dma;
  std::int64_t queue_depth = 0;
  Bytes link_width;
  Hertz link_clock;
  TenantTable<std::vector<Bytes>> capacities;  // of DRAM, then of each shared level
  std::vector<Cause> waits;                    // for either: `dram`, then by level
};

class Dma final : public EngineModule {
 public:
  tlm_utils::simple_initiator_socket<Dma> socket{"socket"};
  sc_core::sc_port<ScratchpadAccess> scratchpad{"scratchpad"};

  // `direction`: Engine::load or Engine::store.
  Dma(const sc_core::sc_module_name& name, Engine direction, CoreContext& context,
      const DmaSpec& spec);

  Cause blame() const override { return standing().own; }
  // Of bursts issued and not yet arrived; for waveforms.
  const std::uint32_t& bytes_in_flight() const { return bytes_in_flight_; }

 private:
  struct Flight {  // a command being carried out
    Command command;
    BurstGenerator bursts;
    std::int64_t outstanding = 0;
    std::int64_t moved = 0;  // bytes of the scratchpad, in whole words
    Cycles start;
  };
  struct Arrival {  // of a burst whose end is known
    Cycles at;      // when all is done, the scratchpad's part too
    Cycles data;    // when the data is there
    Reason wait;    // what most of its time went to
    std::size_t slot;
    std::int64_t bytes;
  };

  void step(Cycles now) override;
  void account(Cycles now);
  Reason reason() const;
  void book(Reason reason, Cycles since);
  // The command's words of the scratchpad, as ScratchpadAccess::reserve.
  Cycles move(Flight& flight, Access access, LocalAddress at, Cycles now, Cycles begin, Cycles end,
              std::int64_t words);
  void receive(Cycles now);
  void take_up(Cycles now);
  bool issue(Cycles now);
  void send(std::size_t slot, Femtoseconds departure);
  void fill(BurstPayload& payload, const Burst& burst, std::size_t slot);
  std::uint8_t* stage(BurstPayload& payload, const Burst& burst, const Transfer& transfer);
  void pad(std::size_t slot, Cycles now);
  void schedule(Cycles now, bool issued);
  void finish(std::size_t slot, Cycles now);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  // The burst's data is there at `at`: books the scratchpad and queues the arrival.
  void arrives(BurstPayload& payload, Femtoseconds at);
  void check(const Command& command) override;
  // The oldest command with bursts left; null where nothing may be issued but for the link.
  Flight* issuable();
  // Who waits for the transfer's data waits for this.
  Cause waits_for(const Transfer& transfer) const;
  bool is_load() const { return engine() == Engine::load; }
  const Transfer& transfer(const Command& command) const;

  DmaSpec spec_;
  std::int64_t link_period_;  // femtoseconds
  std::vector<Flight> flights_;
  std::vector<std::size_t> free_slots_;
  std::vector<std::size_t> order_;  // slots in flight, oldest command first
  std::deque<Arrival> arrivals_;    // by time
  std::int64_t outstanding_ = 0;
  std::uint32_t bytes_in_flight_ = 0;
  Femtoseconds link_free_;
  const tlm::tlm_generic_payload* in_request_phase_ = nullptr;  // until its END_REQ
  BurstPool pool_;
  std::vector<std::uint8_t> no_data_;  // what payloads point at without values
  Cycles accounted_;                   // cycles before this one have their cause
};

}  // namespace systolith
