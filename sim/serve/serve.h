// Serves a scenario: its tenants' programs, each alone for comparison, then all of them together.
#pragma once

#include <functional>
#include <string>

#include "sim/serve/serve_report.h"
#include "traces/timeline/tenant_tracks.h"

namespace systolith {

// Where timelines go; an empty path: not written.
struct ServeTimelines {
  std::string all;                  // of every tenant
  std::vector<std::string> tenant;  // one each
  TimelineDetail detail = TimelineDetail::layers;
};

struct ServeOptions {
  ServeTimelines timelines;
  std::function<void()> poll = [] {};  // called now and then while compiling; may throw
  std::function<void()> prepared;      // called when everything is compiled
  std::function<bool(Cycles now, double fraction)> progress;
};

struct Served {
  ServeReport report;
  std::string requests;  // requests_csv()
};

// What can be seen without compiling anything: parts that are not there, arrivals that lack
// something.
void check_scenario(const Scenario& scenario);

// Throws UserError with the place in the scenario (sim/serve/prepare.h), or of a service that
// cannot go on.
Served serve(const Scenario& scenario, const ServeOptions& options);

}  // namespace systolith
