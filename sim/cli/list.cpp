// systolith list: what this build knows, from its registries.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "compiler/compile.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/remat/remat_policy.h"
#include "hw/arch/area_keys.h"
#include "hw/arch/energy_keys.h"
#include "hw/arch/preset_files.h"
#include "hw/arch/read_machine.h"
#include "hw/arith/format.h"
#include "hw/dataflow/dataflow.h"
#include "hw/dram/page_policy.h"
#include "hw/dram/refresh_policy.h"
#include "hw/dram/scheduler.h"
#include "hw/memory/memory_level.h"
#include "hw/memory/replacement.h"
#include "hw/tenancy/scheduling_policy.h"
#include "models/ops/op.h"
#include "models/zoo/zoo.h"
#include "sim/cli/cli.h"
#include "sim/report/text_table.h"
#include "sim/serve/arrival_process.h"
#include "sim/system/vocabulary.h"

namespace systolith::cli {
namespace {

struct Entry {
  std::string name, summary;
};
using Entries = std::vector<Entry>;

template <class T>
Entries registered() {
  Entries entries;
  for (const auto* entry : registrations<T>()) entries.push_back({entry->name, entry->summary});
  return entries;
}

Entries named(const std::vector<std::string>& names) {
  Entries entries;
  for (const std::string& name : names) entries.push_back({name, ""});
  return entries;
}

Entries models() {
  Entries entries;
  for (const auto* model : registrations<ZooModel>()) {
    entries.push_back({model->name, model->summary});
    for (const ZooParameter& parameter : model->create()->parameters())
      entries.push_back(
          {fmt::format("  {}={}", parameter.name, parameter.fallback), parameter.summary});
  }
  return entries;
}

Entries dram_standards() {
  Entries entries;
  for (const DramStandardFacts& facts : vocabulary().dram_standards)
    entries.push_back(
        {facts.name,
         fmt::format("{} B bursts, {} a channel, {}B/s a channel", facts.extents.burst().count(),
                     human_bytes(facts.extents.capacity().count()),
                     human_si(static_cast<double>(facts.extents.burst().count()) /
                              static_cast<double>(facts.burst_cycles.count()) *
                              static_cast<double>(facts.clock.count())))});
  return entries;
}

Entries energy_keys() {
  Entries entries;
  for (const EnergyKey& key : kEnergyKeys)
    entries.push_back(
        {std::string(key.name), fmt::format("per {}: {}", key.unit, key.description)});
  return entries;
}

Entries area_keys() {
  Entries entries;
  for (const AreaKey& key : kAreaKeys)
    entries.push_back({std::string(key.name), std::string(key.description)});
  return entries;
}

struct Kind {
  const char* name;
  const char* title;
  std::function<Entries()> entries;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {"models", "zoo models, with their parameters and their defaults", models},
      {"presets", "machines", [] { return named(preset_names(vocabulary())); }},
      {"dataflows", "dataflows of the array", registered<Dataflow>},
      {"memory", "kinds of memory levels", registered<MemoryLevel>},
      {"replacements", "which line of a cache makes room", registered<Replacement>},
      {"dram", "DRAM standards", dram_standards},
      {"schedulers", "DRAM schedulers", registered<Scheduler>},
      {"pages", "DRAM page policies", registered<PagePolicy>},
      {"refreshes", "DRAM refresh policies", registered<RefreshPolicy>},
      {"interconnects", "kinds of interconnect", [] { return named(vocabulary().interconnects); }},
      {"policies", "who of several tenants goes first", registered<SchedulingPolicy>},
      {"arrivals", "when a tenant's requests arrive", registered<ArrivalProcess>},
      {"ops", "ONNX operators", registered<Op>},
      {"formats", "number formats", registered<NumberFormat>},
      {"passes", "compiler passes, in order", [] { return named(compiler_passes()); }},
      {"optimizers", "what training updates parameters with", registered<Optimizer>},
      {"remat", "which activations training keeps", registered<RematPolicy>},
      {"energy", "energy tables", [] { return named(energy_table_names(vocabulary())); }},
      {"events", "what an energy table prices, in picojoule", energy_keys},
      {"areas", "what an energy table measures, in square micrometres", area_keys},
  };
  return kKinds;
}

void print(const Kind& kind) {
  const Entries entries = kind.entries();
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.name.size());
  for (const Entry& entry : entries)
    if (entry.summary.empty())
      fmt::print("{}\n", entry.name);
    else
      fmt::print("{:<{}}  {}\n", entry.name, width, entry.summary);
}

void execute(const std::string& wanted) {
  if (wanted == "schema") {
    fmt::print("{}", machine_json_schema(vocabulary()));
    return;
  }
  std::vector<std::string> known = {"schema"};
  for (const Kind& kind : kinds()) {
    known.emplace_back(kind.name);
    if (wanted != kind.name && !wanted.empty()) continue;
    if (wanted.empty()) fmt::print("# {}: {}\n", kind.name, kind.title);
    print(kind);
    if (!wanted.empty()) return;
    fmt::print("\n");
  }
  if (!wanted.empty()) throw UserError(unknown_name_message("kind", wanted, known));
  fmt::print("# schema: JSON Schema of a machine description (systolith list schema)\n");
}

}  // namespace

void add_list(CLI::App& app) {
  CLI::App* command = app.add_subcommand("list", "What this build knows, by kind");
  auto kind = std::make_shared<std::string>();
  command->add_option("kind", *kind, "models, presets, ops, …; all kinds where left out")
      ->type_name("KIND");
  command->callback([kind] { execute(*kind); });
}

}  // namespace systolith::cli
