// Writes a service into timelines: one of all tenants, and one for each that tells of no other.
#pragma once

#include <memory>
#include <vector>

#include "sim/serve/serve.h"
#include "sim/serve/service.h"

namespace systolith {

class ServiceTimeline final : public ServiceObserver {
 public:
  ServiceTimeline(const Scenario& scenario, const PreparedScenario& prepared,
                  const ServeTimelines& timelines);

  void command_ran(const Command& command, std::size_t own, Cycles start, Cycles finish) override;
  void request_finished(const Request& request) override;
  // The files appear; without it nothing is left behind.
  void close();

 private:
  std::vector<std::unique_ptr<EventFile>> files_;
  std::vector<std::vector<std::unique_ptr<TenantTracks>>> tracks_;  // by tenant
};

}  // namespace systolith
