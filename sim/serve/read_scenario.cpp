#include <filesystem>
#include <regex>

#include "hw/arch/preset_files.h"
#include "hw/arch/read_machine.h"
#include "hw/tenancy/scheduling_policy.h"
#include "sim/serve/scenario.h"
#include "sim/serve/scenario_section.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPermille = 1000, kMillion = 1'000'000;
constexpr std::int64_t kMostNumbers = 4096;  // of cores and channels
constexpr Limits kNumber = {0, kMostNumbers - 1};
constexpr Limits kCounts = {1, std::int64_t{1} << 40};

void read_cores(TenantSpec& tenant, const DocumentNode& node) {
  if (node.kind == DocumentNode::Kind::list)
    tenant.cores = numbers_of(node, kNumber);
  else
    tenant.core_count = whole_of(node, {1, kMostNumbers});
}

const std::vector<ScenarioKey<TenantSpec>>& dram_keys() {
  static const std::vector<ScenarioKey<TenantSpec>> keys = {
      {"share",
       [](TenantSpec& t, const DocumentNode& n) { t.dram = share_of(n, kPermille, kPermille); }},
      {"channels",
       [](TenantSpec& t, const DocumentNode& n) { t.channels = numbers_of(n, kNumber); }},
  };
  return keys;
}

const std::vector<ScenarioKey<TenantSpec>>& arrival_keys() {
  static const std::vector<ScenarioKey<TenantSpec>> keys = {
      {"kind",
       [](TenantSpec& t, const DocumentNode& n) {
         t.arrivals.kind = registration<ArrivalProcess>(text_of(n, "a kind of arrivals")).name;
       }},
      {"rate",
       [](TenantSpec& t, const DocumentNode& n) {
         t.arrivals.microhertz =
             parse_quantity(text_of(n, "a rate"), rate_units(), {1, INT64_MAX / 2});
       }},
      {"load", [](TenantSpec& t,
                  const DocumentNode& n) { t.load = share_of(n, kMillion, 100 * kMillion); }},
      {"phase", [](TenantSpec& t, const DocumentNode& n) { t.arrivals.phase = time_of(n); }},
      {"file",
       [](TenantSpec& t, const DocumentNode& n) { t.arrivals.file = text_of(n, "a file"); }},
      {"seed",
       [](TenantSpec& t, const DocumentNode& n) {
         t.arrivals.seed = static_cast<std::uint64_t>(whole_of(n, {0, INT64_MAX}));
       }},
      {"requests", [](TenantSpec& t, const DocumentNode& n) { t.requests = whole_of(n, kCounts); }},
  };
  return keys;
}

void read_arrivals(TenantSpec& tenant, const DocumentNode& node) {
  read_section(node, "arrivals", arrival_keys(), tenant);
  for (const DocumentEntry& entry : node.entries)
    if (entry.key != "kind" && entry.key != "requests") tenant.arrivals.given.push_back(entry.key);
  if (tenant.arrivals.kind.empty())
    user_error("missing key 'kind' (known: {})",
               fmt::join(registered_names<ArrivalProcess>(), ", "));
}

#define SYSTOLITH_TEXT(member, expected) \
  [](TenantSpec& t, const DocumentNode& n) { t.member = text_of(n, expected); }

const std::vector<ScenarioKey<TenantSpec>>& tenant_keys() {
  static const std::vector<ScenarioKey<TenantSpec>> keys = {
      {"name", SYSTOLITH_TEXT(name, "a name")},
      {"workload", SYSTOLITH_TEXT(workload.workload, "a network or a file")},
      {"mode", SYSTOLITH_TEXT(workload.mode, "inference or training")},
      {"quantize", SYSTOLITH_TEXT(workload.quantize, "a quantisation")},
      {"format", SYSTOLITH_TEXT(workload.format, "a format")},
      {"sparsity", SYSTOLITH_TEXT(workload.sparsity, "a sparsity")},
      {"optimizer", SYSTOLITH_TEXT(workload.optimizer, "an optimiser")},
      {"remat", SYSTOLITH_TEXT(workload.remat, "a policy")},
      {"batch",
       [](TenantSpec& t, const DocumentNode& n) {
         t.workload.batch = whole_of(n, {1, 65536});
       }},
      {"cores", read_cores},
      {"scratchpad",
       [](TenantSpec& t, const DocumentNode& n) {
         t.scratchpad = share_of(n, kPermille, kPermille);
       }},
      {"dram",
       [](TenantSpec& t, const DocumentNode& n) { read_section(n, "dram", dram_keys(), t); }},
      {"levels",
       [](TenantSpec& t, const DocumentNode& n) { t.levels = share_of(n, kPermille, kPermille); }},
      {"priority",
       [](TenantSpec& t, const DocumentNode& n) {
         t.priority = whole_of(n, {-1000, 1000});
       }},
      {"background", [](TenantSpec& t, const DocumentNode& n) { t.background = truth_of(n); }},
      {"arrivals", read_arrivals},
      {"target", [](TenantSpec& t, const DocumentNode& n) { t.target = time_of(n); }},
  };
  return keys;
}

#undef SYSTOLITH_TEXT

// What a scenario holds before the names in it are followed.
struct Raw {
  Scenario scenario;
  std::string machine = "edge_npu";
  SourcePosition machine_where;
  std::vector<std::string> assignments;
};

std::string flow(const DocumentNode& node) {
  if (node.kind == DocumentNode::Kind::scalar) return node.scalar;
  if (node.kind == DocumentNode::Kind::nothing) user_error("expected a value, found nothing");
  std::vector<std::string> items;
  for (const DocumentNode& item : node.items) items.push_back(flow(item));
  if (node.kind == DocumentNode::Kind::list) return fmt::format("[{}]", fmt::join(items, ", "));
  for (const DocumentEntry& entry : node.entries)
    items.push_back(entry.key + ": " + flow(entry.value));
  return fmt::format("{{{}}}", fmt::join(items, ", "));
}

void read_set(Raw& raw, const DocumentNode& node) {
  if (node.kind != DocumentNode::Kind::map)
    user_error("expected paths of the machine with their values, found {}", describe(node));
  for (const DocumentEntry& entry : node.entries)
    raw.assignments.push_back(entry.key + "=" + flow(entry.value));
}

// Whether it is the second of two words.
bool is_second(const DocumentNode& node, const char* kind, const char* first, const char* second) {
  const std::string& text = text_of(node, kind);
  if (text != first && text != second)
    throw UserError(unknown_name_message(kind, text, {first, second}));
  return text == second;
}

void check_tenant_name(const std::string& name, const std::vector<TenantSpec>& others) {
  static const std::regex kName("[A-Za-z_][A-Za-z0-9_-]*");
  if (!std::regex_match(name, kName))
    user_error("'{}' is not a name (letters, digits, _ and -, beginning with a letter)", name);
  for (const TenantSpec& other : others)
    if (other.name == name) user_error("the name '{}' is taken", name);
}

void read_tenants(Raw& raw, const DocumentNode& node) {
  if (node.kind != DocumentNode::Kind::list || node.items.empty())
    user_error("expected a list of tenants, found {}", describe(node));
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const DocumentNode& item = node.items[i];
    const std::string path = fmt::format("tenants.{}", i);
    TenantSpec tenant;
    tenant.places[""] = item.where;
    read_section(item, path, tenant_keys(), tenant);
    for (const DocumentEntry& entry : item.entries) tenant.places[entry.key] = entry.value.where;
    for (const char* needed : {"name", "workload", "arrivals"})
      if (item.find(needed) == nullptr)
        fail_at(item.where, path, fmt::format("missing key '{}'", needed));
    try {
      check_tenant_name(tenant.name, raw.scenario.tenants);
    } catch (const UserError& error) {
      fail_at(tenant.place("name"), path + ".name", error.what());
    }
    raw.scenario.tenants.push_back(std::move(tenant));
  }
}

const std::vector<ScenarioKey<Raw>>& scenario_keys() {
  static const std::vector<ScenarioKey<Raw>> keys = {
      {"name", [](Raw& r, const DocumentNode& n) { r.scenario.name = text_of(n, "a name"); }},
      {"machine",
       [](Raw& r, const DocumentNode& n) {
         r.machine = text_of(n, "a machine's name or file");
         r.machine_where = n.where;
       }},
      {"set", read_set},
      {"seed",
       [](Raw& r, const DocumentNode& n) {
         r.scenario.seed = static_cast<std::uint64_t>(whole_of(n, {0, INT64_MAX}));
       }},
      {"duration", [](Raw& r, const DocumentNode& n) { r.scenario.duration = time_of(n); }},
      {"policy",
       [](Raw& r, const DocumentNode& n) {
         r.scenario.policy = registration<SchedulingPolicy>(text_of(n, "a policy")).name;
       }},
      {"isolation",
       [](Raw& r, const DocumentNode& n) {
         r.scenario.strict = is_second(n, "isolation", "none", "strict");
       }},
      {"preemption",
       [](Raw& r, const DocumentNode& n) {
         r.scenario.preempt_at_layers = is_second(n, "preemption", "tile", "layer");
       }},
      {"tenants", read_tenants},
  };
  return keys;
}

// A file that the scenario names, beside the scenario; what is not there is left as it is.
std::string beside(const std::string& scenario, const std::string& file) {
  const fs::path path = fs::path(scenario).parent_path() / file;
  return fs::path(file).is_relative() && fs::is_regular_file(path) ? path.string() : file;
}

void complete_tenant(TenantSpec& tenant, const Scenario& scenario, const std::string& file) {
  ArrivalSpec& arrivals = tenant.arrivals;
  const auto given = [&](const char* key) {
    return std::count(arrivals.given.begin(), arrivals.given.end(), key) > 0;
  };
  arrivals.tenant = tenant.name;
  if (!given("seed")) arrivals.seed = scenario.seed;
  if (given("file")) arrivals.file = beside(file, arrivals.file);
  tenant.workload.workload = beside(file, tenant.workload.workload);
  const SourcePosition where = tenant.place("arrivals");
  if (given("rate") && given("load")) throw UserError(where, "arrivals have a rate and a load");
  const bool closed = arrivals.kind == "continuous";
  if (!closed && arrivals.kind != "replay" && !tenant.requests && !scenario.duration)
    throw UserError(where, "arrivals never end: give them requests, or the scenario a duration");
}

Scenario complete(Raw raw, const std::string& file, const std::vector<std::string>& overrides) {
  Scenario scenario = std::move(raw.scenario);
  raw.assignments.insert(raw.assignments.end(), overrides.begin(), overrides.end());
  try {
    scenario.machine = read_machine(beside(file, raw.machine), raw.assignments, vocabulary());
  } catch (const UserError& error) {
    if (!error.where().file.empty()) throw;
    throw UserError(raw.machine_where, error.what());
  }
  if (scenario.name.empty()) scenario.name = fs::path(file).stem().string();
  bool ends = scenario.duration.has_value();
  for (TenantSpec& tenant : scenario.tenants) {
    complete_tenant(tenant, scenario, file);
    ends = ends || !tenant.open_ended();
  }
  if (!ends)
    throw UserError(scenario.tenants[0].place("arrivals"),
                    "all arrivals are continuous: give the scenario a duration, or them requests");
  return scenario;
}

}  // namespace

bool is_scenario(const std::string& text, const std::string& file) {
  const DocumentNode root = parse_document(text, file);
  return root.kind == DocumentNode::Kind::map && root.find("tenants") != nullptr;
}

Scenario parse_scenario(const std::string& text, const std::string& file,
                        const std::vector<std::string>& overrides) {
  const DocumentNode root = parse_document(text, file);
  if (root.kind == DocumentNode::Kind::nothing)
    throw UserError(root.where, "the scenario is empty");
  Raw raw;
  raw.machine_where = root.where;
  read_section(root, "", scenario_keys(), raw);
  if (raw.scenario.tenants.empty()) throw UserError(root.where, "missing key 'tenants'");
  return complete(std::move(raw), file, overrides);
}

Scenario read_scenario(const std::string& path, const std::vector<std::string>& overrides) {
  return parse_scenario(read_text_file(path, "scenario"), path, overrides);
}

}  // namespace systolith
