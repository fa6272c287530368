// Pooled generic payloads: a burst costs no allocation. Every payload carries its tenant.
#pragma once

#include <memory>
#include <tlm>
#include <vector>

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

// A generic payload with what its initiator keeps about it.
struct BurstPayload final : tlm::tlm_generic_payload {
  explicit BurstPayload(tlm::tlm_mm_interface* pool)
      : tlm_generic_payload(pool), tenant(*new TenantExtension) {
    set_extension(&tenant);
  }

  TenantExtension& tenant;          // owned by the payload, as its extension
  std::size_t slot = 0;             // of the initiator's command in flight
  std::uint64_t local_address = 0;  // at the initiator's side
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
