// A memory level that programs name addresses in: it answers every request at once with the time at
// which its last byte has moved.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include "hw/base/activity.h"
#include "hw/control/edge_clock.h"
#include "hw/memory/backing_store.h"
#include "hw/memory/memory_level.h"

namespace systolith {

class AddressedLevel : public MemoryLevel {
 public:
  tlm_utils::simple_target_socket<AddressedLevel> socket{"socket"};

  AddressedLevel(const sc_core::sc_module_name& name, const MemoryLevelSpec& spec);

  tlm::tlm_target_socket<>& target() override { return socket; }
  LevelTraffic traffic() const override { return traffic_; }

 protected:
  struct Service {
    Cycles end;             // when the last byte has moved, without the level's latency
    std::int64_t accesses;  // as LevelTraffic counts them
    Cycles wait;            // of it, for others
  };

  const LevelConfig& config() const { return config_; }

 private:
  // Of a request that is there at `arrival`, both in the level's cycles.
  virtual Service serve(const tlm::tlm_generic_payload& request, Cycles now, Cycles arrival) = 0;
  // What `wait` is blamed on.
  virtual Cause contention() const = 0;

  // Completes early: the response time is known on arrival.
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& request, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void b_transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& request);

  LevelConfig config_;
  std::uint32_t number_;
  EdgeClock clock_;
  bool values_;
  BackingStore contents_;
  LevelTraffic traffic_;
};

}  // namespace systolith
