// Serving scenarios.
#include <pybind11/stl.h>

#include <memory>
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

// Between a service on a thread of its own and its caller.
class ServiceLink {
 public:
  using Progress = std::pair<std::int64_t, double>;  // cycle, fraction

  // For the service: false where nobody waits for it any longer.
  bool went_on(Cycles now, double fraction) {
    const std::lock_guard lock(mutex_);
    news_ = {now.count(), fraction};
    return !left_;
  }
  void check() {
    const std::lock_guard lock(mutex_);
    if (left_) throw UserError("interrupted");
  }

  // For the caller: how far the service is, once for each time that it went on.
  std::optional<Progress> news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, std::nullopt);
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    left_ = true;
  }

 private:
  std::mutex mutex_;
  std::optional<Progress> news_;
  bool left_ = false;
};

struct Outcome {
  std::string json, text, requests;
};

Outcome carry_out(const Scenario& scenario, const ServeTimelines& timelines, ServiceLink& link) {
  std::unique_lock kernel(run_mutex(), std::defer_lock);
  ServeOptions options;
  options.timelines = timelines;
  options.prepared = [&] {
    kernel.lock();
    link.check();
  };
  options.progress = [&](Cycles now, double fraction) { return link.went_on(now, fraction); };
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
  const auto link = std::make_shared<ServiceLink>();
  const auto outcome = std::make_shared<Outcome>();
  const auto report_progress = [&] {
    if (progress.is_none()) return;
    const auto news = link->news();
    if (!news) return;
    const py::gil_scoped_acquire gil;
    progress(news->first, news->second);
  };
  try {
    const py::gil_scoped_release release;
    run_in_background(
        [outcome, scenario, timelines, link] { *outcome = carry_out(*scenario, timelines, *link); },
        report_progress);
  } catch (...) {
    link->leave();
    throw;
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
