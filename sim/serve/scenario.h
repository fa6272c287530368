// Who shares a machine, as a YAML file says it: tenants with their workloads, their parts of the
// machine and their arrivals.
//
//   machine: cloud_128x128
//   set: {core.count: 2}
//   policy: background
//   duration: 50ms
//   tenants:
//     - name: vision
//       workload: resnet50
//       arrivals: {kind: poisson, load: 50%}
//       target: 2ms
//     - name: learner
//       workload: resnet18
//       mode: training
//       background: true
//       arrivals: {kind: continuous}
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/base/error.h"
#include "sim/serve/arrival_process.h"
#include "sim/system/workload.h"

namespace systolith {

struct TenantSpec {
  std::string name;
  WorkloadOptions workload;                // or a program file
  std::int64_t core_count = 0;             // 0: not given
  std::vector<std::int64_t> cores;         // as listed; empty: not listed
  std::optional<std::int64_t> scratchpad;  // share of each of its cores', in parts per thousand
  std::optional<std::int64_t> dram;        // share of each of its channels
  std::vector<std::int64_t> channels;      // empty: all
  std::optional<std::int64_t> levels;      // share of every shared level
  std::int64_t priority = 0;
  bool background = false;
  ArrivalSpec arrivals;
  std::optional<std::int64_t> load;      // of what it could serve alone, in parts per million
  std::optional<std::int64_t> requests;  // at most
  std::optional<Femtoseconds> target;    // of latency
  // Where each key was written; "" is the tenant itself.
  std::map<std::string, SourcePosition> places;

  // Its requests follow one another for as long as the service goes on.
  bool open_ended() const { return arrivals.kind == "continuous" && !requests; }
  // Of the key, or of the tenant where it was left out.
  SourcePosition place(const std::string& key) const {
    const auto found = places.find(key);
    return found != places.end() ? found->second : places.at("");
  }
};

struct Scenario {
  std::string name;
  Machine machine;
  std::uint64_t seed = 1;
  std::optional<Femtoseconds> duration;  // no arrivals from here on
  std::string policy = "first_come";
  bool strict = false;
  bool preempt_at_layers = false;  // else at tiles
  std::vector<TenantSpec> tenants;
};

// `path` names a file; machines and files in it are looked for beside it. `overrides` are of the
// machine, as "--set". Throws UserError with file:line:column, key, value and what is allowed.
Scenario read_scenario(const std::string& path, const std::vector<std::string>& overrides);
// The same from text; `file` is for messages and says where it would be.
Scenario parse_scenario(const std::string& text, const std::string& file,
                        const std::vector<std::string>& overrides);

// Whether a description is one of a scenario, not of a machine.
bool is_scenario(const std::string& text, const std::string& file);

}  // namespace systolith
