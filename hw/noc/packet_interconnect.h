// An interconnect of packets (hw/noc/packet_network.h) over some topology. A request is a packet of
// its data, or of one flit where it has none; so is its response. Both have links and buffers of
// their own, so that responses never wait for requests. A target that does not take a request holds
// it in the buffers before it, and through them whatever comes behind. Those that ask others before
// they answer (caches) are the exception: what waits for them waits outside the network, for their
// own requests to pass.
//
// Where the initiator of a request holds its next one back until the request's phase ends, it need
// not: the source's queue takes all of them.
#pragma once

#include <map>
#include <unordered_map>

#include "hw/base/slot_pool.h"
#include "hw/control/edge_clock.h"
#include "hw/noc/ported_interconnect.h"
#include "hw/noc/topology.h"

namespace systolith {

class PacketInterconnect final : public PortedInterconnect, private Calendar::Entry {
 public:
  PacketInterconnect(const sc_core::sc_module_name& name, const InterconnectSpec& spec,
                     MakeTopology make);

  std::vector<LinkTraffic> links() const override { return network_.traffic(); }

 private:
  struct Transaction {
    tlm::tlm_generic_payload* request = nullptr;
    std::size_t from = 0, to = 0;  // initiator, target
    bool responding = false;
    Cycles sent, alone;  // of the present packet: how long it takes where nobody else is
  };

  bool carry(std::size_t from, std::size_t to, tlm::tlm_generic_payload& request,
             sc_core::sc_time& delay) override;
  void answered(std::size_t target, tlm::tlm_generic_payload& request,
                const sc_core::sc_time& delay) override;
  void request_ended(std::size_t target, const sc_core::sc_time& delay) override;
  void due() override;

  std::size_t port_of(const Transaction& transaction) const;
  const LinkPath& path_of(const Transaction& transaction);
  void send(std::size_t tag, const sc_core::sc_time& delay);
  void arrive(const PacketNetwork::Delivery& delivery);
  void hand_over(std::size_t tag, const sc_core::sc_time& delay);
  void respond(std::size_t tag, const sc_core::sc_time& delay);
  void keep_appointment();

  EdgeClock clock_;
  Topology topology_;
  PacketNetwork network_;
  std::map<std::size_t, LinkPath> paths_;  // by port and where from
  SlotPool<Transaction> transactions_;
  std::unordered_map<const tlm::tlm_generic_payload*, std::size_t> tags_;  // never iterated
  struct Held {
    std::size_t tag;
    Femtoseconds arrival;
  };
  std::vector<std::deque<Held>> held_;  // by target that passes on
  std::vector<PacketNetwork::Delivery> delivered_;
};

}  // namespace systolith
