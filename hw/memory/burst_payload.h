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
struct Owner {
  TenantId tenant{};
  LayerId layer{};
};
struct TenantExtension final : tlm::tlm_extension<TenantExtension>, Owner {
  tlm::tlm_extension_base* clone() const override { return new TenantExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    Owner::operator=(static_cast<const TenantExtension&>(other));
  }
};

// Requests of initiators that know no tenants are everybody's, tenant 0's.
inline Owner owner_of(const tlm::tlm_generic_payload& request) {
  const auto* extension = request.get_extension<TenantExtension>();
  return extension != nullptr ? static_cast<const Owner&>(*extension) : Owner{};
}
inline TenantId tenant_of(const tlm::tlm_generic_payload& request) {
  return owner_of(request).tenant;
}

// What a transaction was held back by on its way, beyond what it would have taken alone.
struct DelayExtension final : tlm::tlm_extension<DelayExtension> {
  std::array<Femtoseconds, kCauses> by_cause{};
  struct AtLevel {
    Reason reason;
    Femtoseconds delay;
  };
  std::vector<AtLevel> at_levels;  // of by_cause, what levels are to blame for

  void add(Reason reason, Femtoseconds delay) {
    by_cause[static_cast<std::size_t>(reason.cause)] += delay;
    if (!reason.at_a_level()) return;
    for (AtLevel& known : at_levels)
      if (known.reason == reason) return void(known.delay += delay);
    at_levels.push_back({reason, delay});
  }
  void clear() {
    by_cause.fill(Femtoseconds(0));
    at_levels.clear();
  }
  // The largest part of `total`: a reason, or what nobody is to blame for.
  Reason dominant(Femtoseconds total, Cause otherwise) const {
    Femtoseconds rest = total, most;
    Reason reason = otherwise;
    const auto consider = [&](Reason part, Femtoseconds delay) {
      if (delay > most) most = delay, reason = part;
    };
    for (std::size_t i = 0; i < kCauses; ++i) {
      rest = rest - by_cause[i];
      if (const Reason part = static_cast<Cause>(i); !part.at_a_level())
        consider(part, by_cause[i]);
    }
    for (const AtLevel& part : at_levels) consider(part.reason, part.delay);
    return most > rest ? reason : otherwise;
  }
  tlm::tlm_extension_base* clone() const override { return new DelayExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    by_cause = static_cast<const DelayExtension&>(other).by_cause;
    at_levels = static_cast<const DelayExtension&>(other).at_levels;
  }
};

// Initiators that ask for no reasons get none.
inline void blame(tlm::tlm_generic_payload& request, Reason reason, Femtoseconds delay) {
  auto* delays = delay > Femtoseconds(0) ? request.get_extension<DelayExtension>() : nullptr;
  if (delays != nullptr) delays->add(reason, delay);
}

// What held back the request that another one had to make holds back that one.
inline void pass_reasons(const DelayExtension& from, tlm::tlm_generic_payload& to) {
  for (std::size_t i = 0; i < kCauses; ++i)
    if (const Reason reason = static_cast<Cause>(i); !reason.at_a_level())
      blame(to, reason, from.by_cause[i]);
  for (const DelayExtension::AtLevel& part : from.at_levels) blame(to, part.reason, part.delay);
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
    payload.delays.clear();
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
