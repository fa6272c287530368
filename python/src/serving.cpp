// Serving scenarios.
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "hw/arch/preset_files.h"
#include "hw/base/registry.h"
#include "python/src/background_work.h"
#include "python/src/bindings.h"
#include "sim/report/json.h"
#include "sim/serve/serve.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

// How far a service on a thread of its own is, for its caller.
class News {
 public:
  using Progress = std::pair<std::int64_t, double>;  // cycle, fraction

  void tell(Cycles now, double fraction) {
    const std::lock_guard lock(mutex_);
    news_ = {now.count(), fraction};
  }
  // What has not been taken yet.
  std::optional<Progress> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<Progress> news_;
};

struct Outcome {
  std::string json, text, requests;
};

Outcome carry_out(const Scenario& scenario, const ServeTimelines& timelines, News& news,
                  const Abandoned& abandoned) {
  ServeOptions options;
  options.timelines = timelines;
  options.poll = [&] {
    if (abandoned) throw Stopped();
  };
  options.progress = [&](Cycles now, double fraction) {
    news.tell(now, fraction);
    return !abandoned;
  };
  const Served served = serve(scenario, options);
  return {to_json(served.report, {}), to_text(served.report), served.requests};
}

TimelineDetail detail_from(const std::string& name) {
  const std::vector<std::pair<std::string, TimelineDetail>> details = {
      {"requests", TimelineDetail::requests},
      {"layers", TimelineDetail::layers},
      {"commands", TimelineDetail::commands}};
  std::vector<std::string> names;
  for (const auto& [known, detail] : details) {
    if (known == name) return detail;
    names.push_back(known);
  }
  throw UserError(unknown_name_message("timeline detail", name, names));
}

// `files`: of all tenants together, then of each; empty: no timelines.
ServeTimelines timelines_of(std::vector<std::string> files, const std::string& detail) {
  ServeTimelines timelines;
  timelines.detail = detail_from(detail);
  if (files.empty()) return timelines;
  timelines.all = files.front();
  timelines.tenant.assign(files.begin() + 1, files.end());
  return timelines;
}

// (report as JSON, report as text, requests as CSV)
py::tuple served(const std::shared_ptr<Scenario>& scenario, std::vector<std::string> files,
                 const std::string& detail, const py::object& progress) {
  const ServeTimelines timelines = timelines_of(std::move(files), detail);
  const auto news = std::make_shared<News>();
  const auto outcome = std::make_shared<Outcome>();
  const auto report_progress = [&] {
    if (progress.is_none()) return;
    const auto taken = news->take();
    if (!taken) return;
    const py::gil_scoped_acquire gil;
    progress(taken->first, taken->second);
  };
  {
    const py::gil_scoped_release release;
    run_in_background(
        [outcome, scenario, timelines, news](const Abandoned& abandoned) {
          *outcome = carry_out(*scenario, timelines, *news, abandoned);
        },
        report_progress);
  }
  return py::make_tuple(outcome->json, outcome->text, outcome->requests);
}

std::shared_ptr<Scenario> parsed(const std::string& text, const std::string& file,
                                 const std::vector<std::string>& set) {
  auto scenario = std::make_shared<Scenario>(parse_scenario(text, file, set));
  check_scenario(*scenario);
  return scenario;
}

std::vector<std::string> tenants(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const TenantSpec& tenant : scenario.tenants) names.push_back(tenant.name);
  return names;
}

}  // namespace

void register_serving(py::module_& module) {
  py::class_<Scenario, std::shared_ptr<Scenario>>(module, "Scenario")
      .def_property_readonly("name", [](const Scenario& scenario) { return scenario.name; })
      .def_property_readonly("machine",
                             [](const Scenario& scenario) { return scenario.machine.name; })
      .def_property_readonly("tenants", &tenants);
  module.def("scenario_text",
             [](const std::string& path) { return read_text_file(path, "scenario"); });
  module.def("parse_scenario", &parsed);
  module.def("serve", &served);
}

}  // namespace systolith::python
