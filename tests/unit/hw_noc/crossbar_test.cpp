// The crossbar's hops, link widths and clock, with targets that answer at once.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "hw/control/edge_clock.h"
#include "hw/control/systemc_kernel.h"
#include "hw/memory/burst_payload.h"
#include "hw/noc/interconnect.h"

namespace systolith {
namespace {

struct InstantTarget final : sc_core::sc_module {
  tlm_utils::simple_target_socket<InstantTarget> socket{"socket"};
  explicit InstantTarget(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_fw(this, &InstantTarget::nb_transport_fw);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase&,
                                     sc_core::sc_time& delay) {
    arrivals.push_back(to_femtoseconds(delay).count() / 1'000'000);
    addresses.push_back(request.get_address());
    request.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  std::vector<std::int64_t> arrivals;  // ns
  std::vector<std::uint64_t> addresses;
};

struct Initiator final : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                     sc_core::sc_time&) {
    return tlm::TLM_COMPLETED;
  }
  // When the response is complete, in ns.
  double send(bool write, std::uint64_t address, unsigned bytes) {
    BurstPayload& payload = pool.take();
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_length(bytes);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    EXPECT_EQ(socket->nb_transport_fw(payload, phase, delay), tlm::TLM_COMPLETED);
    for (const Femtoseconds part : payload.delays.by_cause) blamed += part.count() / 1'000'000;
    interconnect +=
        payload.delays.by_cause[static_cast<std::size_t>(Cause::interconnect)].count() / 1'000'000;
    payload.release();
    return static_cast<double>(to_femtoseconds(delay).count()) * 1e-6;
  }
  BurstPool pool;
  std::int64_t blamed = 0, interconnect = 0;  // ns, of all that it sent
};

// Two initiators, two targets; addresses from 4096 on lead to the second.
struct Fabric {
  explicit Fabric(Hertz clock = Hertz(1'000'000'000), InterconnectSpec spec = {}) {
    spec.config.width = Bytes(32);
    spec.config.hop_latency = Cycles(3);
    spec.clock = clock;
    spec.initiators = spec.targets = 2;
    spec.route = [](std::size_t, TenantId, std::uint64_t address, std::int64_t) {
      return Route{address / 4096, address % 4096};
    };
    crossbar = registration<Interconnect>("crossbar").create("crossbar", spec);
    for (std::size_t i = 0; i < 2; ++i) {
      initiators[i].socket.bind(crossbar->initiator_port(i));
      crossbar->target_port(i).bind(targets[i].socket);
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  std::unique_ptr<Interconnect> crossbar;
  Initiator initiators[2]{Initiator("initiator0"), Initiator("initiator1")};
  InstantTarget targets[2]{InstantTarget("target0"), InstantTarget("target1")};
};

TEST(Crossbar, AReadTakesAHopEachWayAndItsBeats) {
  const SystemcKernel kernel;
  Fabric fabric;
  EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 3 + 2 + 3);
  EXPECT_EQ(fabric.targets[0].arrivals.at(0), 3);
}

TEST(Crossbar, AWriteTakesItsBeatsOnTheWayThere) {
  const SystemcKernel kernel;
  Fabric fabric;
  EXPECT_EQ(fabric.initiators[0].send(true, 0, 64), 2 + 3 + 3);
  EXPECT_EQ(fabric.targets[0].arrivals.at(0), 5);
}

TEST(Crossbar, ReadsOfOneInitiatorShareItsPort) {
  const SystemcKernel kernel;
  Fabric fabric;
  EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 8);
  EXPECT_EQ(fabric.initiators[0].send(false, 4096, 64), 10);
}

TEST(Crossbar, InitiatorsMeetAtATargetsPortOnly) {
  const SystemcKernel kernel;
  Fabric fabric;
  EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 8);
  EXPECT_EQ(fabric.initiators[1].send(false, 4096, 64), 8);
  EXPECT_EQ(fabric.initiators[1].send(false, 0, 64), 10);
}

TEST(Crossbar, DirectionsDoNotDisturbEachOther) {
  const SystemcKernel kernel;
  Fabric fabric;
  EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 8);
  EXPECT_EQ(fabric.initiators[0].send(true, 0, 64), 8);
}

TEST(Crossbar, TheNarrowerPortsBeatsCountWhicheverComesFirst) {
  for (const bool narrow_target : {true, false}) {
    const SystemcKernel kernel;
    InterconnectSpec spec;
    (narrow_target ? spec.target_widths : spec.initiator_widths) = {Bytes(8), Bytes(32)};
    Fabric fabric(Hertz(1'000'000'000), spec);
    EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 3 + 8 + 3);
    EXPECT_EQ(fabric.initiators[0].send(true, 0, 64), 8 + 3 + 3);
    EXPECT_EQ(fabric.initiators[0].blamed, 0);
  }
}

TEST(Crossbar, BlamesWhatABurstWaitedForItsLinksAndNothingElse) {
  const SystemcKernel kernel;
  Fabric fabric;
  for (std::int64_t i = 0; i < 3; ++i) {  // at one initiator's port, each behind the one before
    fabric.initiators[0].blamed = fabric.initiators[0].interconnect = 0;
    EXPECT_EQ(fabric.initiators[0].send(false, i == 1 ? 4096 : 0, 64), 8 + 2 * i);
    EXPECT_EQ(fabric.initiators[0].interconnect, 2 * i);
    EXPECT_EQ(fabric.initiators[0].blamed, 2 * i);
  }
  EXPECT_EQ(fabric.initiators[1].send(false, 0, 64), 8 + 4);  // target 0's port: third there
  EXPECT_EQ(fabric.initiators[1].interconnect, 4);
  EXPECT_EQ(fabric.initiators[1].send(true, 4096, 64), 8);
  EXPECT_EQ(fabric.initiators[1].interconnect, 4);
}

TEST(Crossbar, ItsClockIsItsOwn) {
  const SystemcKernel kernel;
  Fabric fabric(Hertz(500'000'000));
  EXPECT_EQ(fabric.initiators[0].send(false, 0, 64), 16);
}

TEST(Crossbar, TargetsSeeTheirOwnAddresses) {
  const SystemcKernel kernel;
  Fabric fabric;
  fabric.initiators[0].send(false, 4096 + 128, 64);
  EXPECT_EQ(fabric.targets[1].addresses.at(0), 128U);
}

TEST(BurstPayload, CarriesItsTenantThroughACopy) {
  BurstPool pool;
  BurstPayload& payload = pool.take();
  payload.tenant.tenant = TenantId{7};
  tlm::tlm_generic_payload copy;
  copy.deep_copy_from(payload);
  ASSERT_NE(copy.get_extension<TenantExtension>(), nullptr);
  EXPECT_EQ(copy.get_extension<TenantExtension>()->tenant, TenantId{7});
  payload.release();
  EXPECT_EQ(&pool.take(), &payload);
  payload.release();
}

}  // namespace
}  // namespace systolith
