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

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <map>
#include <unordered_map>

#include "hw/control/edge_clock.h"
#include "hw/noc/interconnect.h"
#include "hw/noc/topology.h"

namespace systolith {

class PacketInterconnect final : public Interconnect, private Calendar::Entry {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<PacketInterconnect>> initiators;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<PacketInterconnect>> targets;

  PacketInterconnect(const sc_core::sc_module_name& name, const InterconnectSpec& spec,
                     MakeTopology make);

  tlm::tlm_target_socket<>& initiator_port(std::size_t index) override { return initiators[index]; }
  tlm::tlm_initiator_socket<>& target_port(std::size_t index) override { return targets[index]; }
  std::int64_t bytes_moved() const override { return bytes_moved_; }
  std::vector<LinkTraffic> links() const override { return network_->traffic(); }

 private:
  struct Transaction {
    tlm::tlm_generic_payload* request = nullptr;
    std::size_t from = 0, to = 0;  // initiator, target
    bool responding = false;
    Cycles sent, alone;  // of the present packet: how long it takes where nobody else is
  };

  tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& request,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, tlm::tlm_generic_payload& request,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& request);
  void due() override;

  std::size_t port_of(const Transaction& transaction) const;
  const LinkPath& path_of(const Transaction& transaction);
  std::size_t begin(tlm::tlm_generic_payload& request, std::size_t from, std::size_t to);
  void send(std::size_t tag, const sc_core::sc_time& delay);
  void arrive(const PacketNetwork::Delivery& delivery);
  void hand_over(std::size_t tag, const sc_core::sc_time& delay);
  void respond(std::size_t tag, const sc_core::sc_time& delay);
  void request_ended(std::size_t target);

  InterconnectSpec spec_;
  EdgeClock clock_;
  Topology topology_;
  std::unique_ptr<PacketNetwork> network_;
  std::map<std::size_t, LinkPath> paths_;  // by port and where from
  std::vector<Transaction> transactions_;
  std::vector<std::size_t> free_;
  std::unordered_map<const tlm::tlm_generic_payload*, std::size_t> tags_;  // never iterated
  std::vector<const tlm::tlm_generic_payload*> in_request_phase_;          // by target
  std::vector<std::deque<std::size_t>> held_;  // by target that passes on
  std::vector<PacketNetwork::Delivery> delivered_;
  std::int64_t bytes_moved_ = 0;
};

}  // namespace systolith
