// Pooled generic payloads: a burst costs no allocation. Every payload carries its tenant.
#pragma once

#include <array>
#include <memory>
#include <tlm>
#include <vector>

#include "hw/base/activity.h"
#include "hw/base/clock.h"
#include "hw/isa/command.h"

namespace systolith {

// On whose behalf a transaction travels.
struct TenantExtension final : tlm::tlm_extension<TenantExtension> {
  TenantId tenant{};

  tlm::tlm_extension_base* clone() const override { return new TenantExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    tenant = static_cast<const TenantExtension&>(other).tenant;
  }
};

// Requests of initiators that know no tenants are everybody's, tenant 0's.
inline TenantId tenant_of(const tlm::tlm_generic_payload& request) {
  const auto* extension = request.get_extension<TenantExtension>();
  return extension != nullptr ? extension->tenant : TenantId{};
}

// What a transaction was held back by on its way, beyond what it would have taken alone.
struct DelayExtension final : tlm::tlm_extension<DelayExtension> {
  std::array<Femtoseconds, kCauses> by_cause{};

  // The largest part of `total`: a cause, or what nobody is to blame for.
  Cause dominant(Femtoseconds total, Cause otherwise) const {
    Femtoseconds rest = total, most;
    Cause cause = otherwise;
    for (std::size_t i = 0; i < kCauses; ++i) {
      rest = rest - by_cause[i];
      if (by_cause[i] > most) most = by_cause[i], cause = static_cast<Cause>(i);
    }
    return most > rest ? cause : otherwise;
  }
  tlm::tlm_extension_base* clone() const override { return new DelayExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    by_cause = static_cast<const DelayExtension&>(other).by_cause;
  }
};

// Initiators that ask for no reasons get none.
inline void blame(tlm::tlm_generic_payload& request, Cause cause, Femtoseconds delay) {
  auto* delays = delay > Femtoseconds(0) ? request.get_extension<DelayExtension>() : nullptr;
  if (delays != nullptr) delays->by_cause[static_cast<std::size_t>(cause)] += delay;
}

// What held back the request that another one had to make holds back that one.
inline void pass_reasons(const DelayExtension& from, tlm::tlm_generic_payload& to) {
  for (std::size_t i = 0; i < kCauses; ++i) blame(to, static_cast<Cause>(i), from.by_cause[i]);
}

// A generic payload with what its initiator keeps about it.
struct BurstPayload final : tlm::tlm_generic_payload {
  explicit BurstPayload(tlm::tlm_mm_interface* pool)
      : tlm_generic_payload(pool), tenant(*new TenantExtension), delays(*new DelayExtension) {
    set_extension(&tenant);
    set_extension(&delays);
  }

  TenantExtension& tenant;  // owned by the payload, as its extensions
  DelayExtension& delays;
  Femtoseconds sent;
  std::size_t slot = 0;              // of the initiator's command in flight
  std::uint64_t local_address = 0;   // at the initiator's side
  std::vector<std::uint8_t> staged;  // its bytes, where they do not lie so at that side
};

class BurstPool final : public tlm::tlm_mm_interface {
 public:
  // With a reference count of one; release() brings it back.
  BurstPayload& take() {
    if (free_.empty()) {
      owned_.push_back(std::make_unique<BurstPayload>(this));
      free_.push_back(owned_.back().get());
    }
    BurstPayload& payload = *free_.back();
    free_.pop_back();
    payload.acquire();
    payload.delays.by_cause.fill(Femtoseconds(0));
    return payload;
  }
  void free(tlm::tlm_generic_payload* payload) override {
    free_.push_back(static_cast<BurstPayload*>(payload));
  }

 private:
  std::vector<std::unique_ptr<BurstPayload>> owned_;
  std::vector<BurstPayload*> free_;
};

}  // namespace systolith
