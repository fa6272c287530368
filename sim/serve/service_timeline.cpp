#include "sim/serve/service_timeline.h"

namespace systolith {

ServiceTimeline::ServiceTimeline(const Scenario& scenario, const PreparedScenario& prepared,
                                 const ServeTimelines& timelines)
    : tracks_(scenario.tenants.size()) {
  using About = std::vector<std::pair<std::string, std::string>>;
  const auto open = [&](const std::string& path, const About& about) -> EventFile& {
    files_.push_back(std::make_unique<EventFile>(path, ClockDomain(scenario.machine.clock), about));
    return *files_.back();
  };
  const auto track = [&](std::size_t tenant, EventFile& file, int process) {
    tracks_[tenant].push_back(
        std::make_unique<TenantTracks>(file, process, scenario.tenants[tenant].name,
                                       prepared.tenants[tenant].program.header, timelines.detail));
    return process + tracks_[tenant].back()->processes();
  };
  constexpr int kFirstProcess = 1;  // viewers reserve 0
  if (!timelines.all.empty()) {
    EventFile& all =
        open(timelines.all, {{"scenario", scenario.name}, {"machine", scenario.machine.name}});
    int process = kFirstProcess;
    for (std::size_t i = 0; i < tracks_.size(); ++i) process = track(i, all, process);
  }
  for (std::size_t i = 0; i < timelines.tenant.size(); ++i)
    track(i,
          open(timelines.tenant[i],
               {{"tenant", scenario.tenants[i].name}, {"machine", scenario.machine.name}}),
          kFirstProcess);
}

void ServiceTimeline::command_ran(const Command& command, std::size_t own, Cycles start,
                                  Cycles finish) {
  for (const auto& tracks : tracks_[static_cast<std::size_t>(command.tenant)])
    tracks->command(command, own, start, finish);
}

void ServiceTimeline::request_finished(const Request& request) {
  for (const auto& tracks : tracks_[static_cast<std::size_t>(request.tenant)])
    tracks->request(request.number, request.arrival, request.start, request.finish);
}

void ServiceTimeline::close() {
  for (const auto& file : files_) file->close();
}

}  // namespace systolith
