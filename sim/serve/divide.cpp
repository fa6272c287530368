#include "sim/serve/divide.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "hw/arch/logical_cores.h"

namespace systolith {
namespace {

std::vector<std::int64_t> count_to(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

bool intersect(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  return std::any_of(a.begin(), a.end(), [&b](std::int64_t number) {
    return std::find(b.begin(), b.end(), number) != b.end();
  });
}

void check_numbers(const TenantSpec& tenant, const char* key, const char* what,
                   const std::vector<std::int64_t>& numbers, std::int64_t count) {
  for (const std::int64_t number : numbers)
    if (number >= count)
      throw UserError(tenant.place(key),
                      fmt::format("tenant '{}' has {} {}, the machine has {} (0 to {})",
                                  tenant.name, what, number, count, count - 1));
}

class Division {
 public:
  explicit Division(const Scenario& scenario) : scenario_(scenario), machine_(scenario.machine) {
    partition_.strict = scenario.strict;
    partition_.parts.resize(scenario.tenants.size());
    for (std::size_t i = 0; i < tenants().size(); ++i) part(i).name = tenants()[i].name;
  }

  Partition run() {
    divide_cores();
    divide_scratchpads();
    divide_dram();
    divide_levels();
    return std::move(partition_);
  }

 private:
  const std::vector<TenantSpec>& tenants() const { return scenario_.tenants; }
  TenantPart& part(std::size_t tenant) { return partition_.parts[tenant]; }

  void divide_cores() {
    const std::int64_t count = logical_core_count(machine_);
    std::set<std::int64_t> taken;
    for (std::size_t i = 0; i < tenants().size(); ++i) {
      check_numbers(tenants()[i], "cores", "core", tenants()[i].cores, count);
      part(i).cores = tenants()[i].cores;
      taken.insert(part(i).cores.begin(), part(i).cores.end());
    }
    for (std::size_t i = 0; i < tenants().size(); ++i) {
      const std::int64_t wanted = tenants()[i].core_count;
      if (wanted == 0 && part(i).cores.empty()) part(i).cores = count_to(count);
      for (std::int64_t core = 0; core < count; ++core)
        if (static_cast<std::int64_t>(part(i).cores.size()) < wanted && taken.insert(core).second)
          part(i).cores.push_back(core);
      const auto got = static_cast<std::int64_t>(part(i).cores.size());
      if (got < wanted)
        throw UserError(tenants()[i].place("cores"),
                        fmt::format("tenant '{}' wants {} cores; of the machine's {}, {} are left "
                                    "(list cores, as [0, 1], to share them)",
                                    tenants()[i].name, wanted, count, got));
    }
    for (std::size_t i = 0; i < tenants().size(); ++i) check_cores_are_alike(i);
    if (scenario_.strict) check_cores_are_disjoint();
  }

  void check_cores_are_alike(std::size_t tenant) {
    const auto& cores = part(tenant).cores;
    const LogicalCore first = logical_core(machine_, cores[0]);
    for (const std::int64_t number : cores) {
      const LogicalCore other = logical_core(machine_, number);
      if (alike(first.config, other.config)) continue;
      const auto describe = [](const LogicalCore& core) {
        return fmt::format("core{} ({} x {}, {} banks of scratchpad)", core.number,
                           core.config.array.rows, core.config.array.cols,
                           core.config.scratchpad.banks);
      };
      throw UserError(tenants()[tenant].place("cores"),
                      fmt::format("tenant '{}' has cores that differ: {} is {}, {} is {} (allowed: "
                                  "a list of cores that are alike, as [{}])",
                                  tenants()[tenant].name, cores[0], describe(first), number,
                                  describe(other), cores[0]));
    }
  }

  void check_cores_are_disjoint() {
    for (std::size_t i = 0; i < tenants().size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (intersect(part(i).cores, part(j).cores))
          throw UserError(tenants()[i].place("cores"),
                          fmt::format("tenants '{}' and '{}' share cores, which strict isolation "
                                      "does not allow: give each its own",
                                      tenants()[j].name, tenants()[i].name));
  }

  // What the tenants that use a resource take of it, in its order; those that give no share take
  // equal parts of what the others leave. Returns each one's share.
  std::vector<std::int64_t> shares(const char* what, const char* key,
                                   const std::vector<std::size_t>& users,
                                   std::optional<std::int64_t> TenantSpec::*share) {
    std::int64_t given = 0, open = 0;
    for (const std::size_t user : users) {
      const bool shares = (tenants()[user].*share).has_value() || scenario_.strict;
      given += shares ? (tenants()[user].*share).value_or(kWholeShare) : 0;
      open += !shares;
      if (given > kWholeShare || (open > 0 && given == kWholeShare))
        throw UserError(tenants()[user].place(key),
                        fmt::format("the tenants' shares of {} come to more than 100% (with that "
                                    "of '{}': {}%{})",
                                    what, tenants()[user].name, static_cast<double>(given) / 10,
                                    scenario_.strict ? "; under strict isolation a tenant that "
                                                       "gives none takes 100%"
                                    : open > 0       ? " and something for those that give none"
                                                     : ""));
    }
    const std::int64_t rest =
        scenario_.strict ? kWholeShare : (kWholeShare - given) / std::max<std::int64_t>(open, 1);
    std::vector<std::int64_t> result;
    for (const std::size_t user : users) result.push_back((tenants()[user].*share).value_or(rest));
    return result;
  }

  std::vector<std::size_t> users_of(std::int64_t number,
                                    std::vector<std::int64_t> TenantPart::*list) {
    std::vector<std::size_t> users;
    for (std::size_t i = 0; i < tenants().size(); ++i) {
      const auto& numbers = part(i).*list;
      if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) users.push_back(i);
    }
    return users;
  }

  // Whoever has parts in many places is placed first, so that the others fill what it leaves.
  std::vector<std::size_t> widest_first(std::vector<std::int64_t> TenantPart::*list) {
    std::vector<std::size_t> order(tenants().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return (part(a).*list).size() > (part(b).*list).size();
    });
    return order;
  }

  // A tenant has the same part of the scratchpad on all of its cores: behind those of its
  // neighbours, wherever they are.
  void divide_scratchpads() {
    const std::int64_t count = logical_core_count(machine_);
    std::vector<std::int64_t> least(tenants().size(), kWholeShare);
    for (std::int64_t core = 0; core < count; ++core) {
      const auto users = users_of(core, &TenantPart::cores);
      const bool split = std::any_of(users.begin(), users.end(), [&](std::size_t user) {
        return tenants()[user].scratchpad.has_value();
      });
      if (!split) continue;
      const auto taken = shares(fmt::format("core {}'s scratchpad", core).c_str(), "scratchpad",
                                users, &TenantSpec::scratchpad);
      for (std::size_t i = 0; i < users.size(); ++i)
        least[users[i]] = std::min(least[users[i]], taken[i]);
    }
    place_parts(least, &CoreConfig::scratchpad, &TenantPart::scratchpad);
    if (machine_.core.weights_apart())
      place_parts(least, &CoreConfig::weight_scratchpad, &TenantPart::weight_scratchpad);
  }

  void place_parts(const std::vector<std::int64_t>& shares, ScratchpadConfig CoreConfig::*memory,
                   Region TenantPart::*own) {
    std::vector<std::int64_t> filled(static_cast<std::size_t>(logical_core_count(machine_)), 0);
    for (const std::size_t i : widest_first(&TenantPart::cores)) {
      const ScratchpadConfig scratchpad = logical_core(machine_, part(i).cores[0]).config.*memory;
      const std::int64_t grain = scratchpad.width.count() * scratchpad.banks;
      Region& region = part(i).*own;
      region.size = scratchpad.capacity;
      if (shares[i] == kWholeShare) continue;
      region.size = Bytes(scratchpad.capacity.count() * shares[i] / kWholeShare / grain * grain);
      region.base = claim(part(i).cores, region.size, filled);
      check_room(i, "scratchpad", region, scratchpad.capacity);
    }
  }

  // The first place that is free in every one of the resources, which is taken.
  static std::uint64_t claim(const std::vector<std::int64_t>& resources, Bytes size,
                             std::vector<std::int64_t>& filled) {
    std::int64_t base = 0;
    for (const std::int64_t r : resources)
      base = std::max(base, filled[static_cast<std::size_t>(r)]);
    for (const std::int64_t r : resources)
      filled[static_cast<std::size_t>(r)] = base + size.count();
    return static_cast<std::uint64_t>(base);
  }

  void check_room(std::size_t tenant, const char* key, const Region& region, Bytes capacity) {
    if (region.size.count() == 0)
      throw UserError(tenants()[tenant].place(key),
                      fmt::format("tenant '{}': its share of the {} bytes is too small",
                                  tenants()[tenant].name, capacity.count()));
    if (static_cast<std::int64_t>(region.base) + region.size.count() > capacity.count())
      throw UserError(tenants()[tenant].place(key),
                      fmt::format("tenant '{}': no part of {} bytes is free on all that it uses",
                                  tenants()[tenant].name, region.size.count()));
  }

  void divide_dram() {
    const std::int64_t count = machine_.dram.channels;
    for (std::size_t i = 0; i < tenants().size(); ++i) {
      check_numbers(tenants()[i], "dram", "DRAM channel", tenants()[i].channels, count);
      part(i).channels = tenants()[i].channels.empty() ? count_to(count) : tenants()[i].channels;
      part(i).dram_share = kWholeShare;
    }
    for (std::int64_t channel = 0; channel < count; ++channel) {
      const auto users = users_of(channel, &TenantPart::channels);
      if (users.empty()) continue;
      const auto taken =
          shares(fmt::format("DRAM channel {}", channel).c_str(), "dram", users, &TenantSpec::dram);
      for (std::size_t i = 0; i < users.size(); ++i)
        part(users[i]).dram_share = std::min(part(users[i]).dram_share, taken[i]);
    }
    // Parts begin where a row does, so that where a tenant lies changes nothing but row numbers.
    constexpr std::int64_t kParts = 1024;
    const Bytes capacity = machine_.dram.channel_capacity();
    const std::int64_t grain = std::max<std::int64_t>(capacity.count() / kParts, 1);
    std::vector<std::int64_t> filled(static_cast<std::size_t>(count), 0);
    for (const std::size_t i : widest_first(&TenantPart::channels)) {
      Region& region = part(i).dram;
      region.size = Bytes(capacity.count() * part(i).dram_share / kWholeShare / grain * grain);
      region.base = claim(part(i).channels, region.size, filled);
      check_room(i, "dram", region, capacity);
    }
  }

  void divide_levels() {
    if (machine_.memory.empty()) return;
    std::vector<std::size_t> everybody(tenants().size());
    std::iota(everybody.begin(), everybody.end(), std::size_t{0});
    const auto taken = shares("the shared levels", "levels", everybody, &TenantSpec::levels);
    for (const LevelConfig& level : machine_.memory) {
      std::int64_t filled = 0;
      const std::int64_t grain = level.kind == "cache" ? level.line.count() * level.ways
                                                       : level.width.count() * level.banks;
      for (std::size_t i = 0; i < tenants().size(); ++i) {
        part(i).level_share = taken[i];
        const Bytes size(level.capacity.count() * taken[i] / kWholeShare / grain * grain);
        part(i).levels.push_back({static_cast<std::uint64_t>(filled), size});
        filled += size.count();
        check_room(i, "levels", part(i).levels.back(), level.capacity);
      }
    }
  }

  const Scenario& scenario_;
  const Machine& machine_;
  Partition partition_;
};

// All tenants' packets meet on its links.
void check_links(const Scenario& scenario, const Partition& partition) {
  const std::string& kind = scenario.machine.interconnect.kind;
  if (partition.strict && kind != "crossbar")
    user_error(
        "isolation strict: tenants share the links of a {} (allowed: crossbar, whose ports are "
        "divided among them)",
        kind);
}

}  // namespace

Partition divide(const Scenario& scenario) {
  const Partition partition = Division(scenario).run();
  check_links(scenario, partition);
  return partition;
}

bool shares_scratchpad(const Partition& partition, std::size_t tenant) {
  const TenantPart& own = partition.parts[tenant];
  for (std::size_t other = 0; other < partition.parts.size(); ++other)
    if (other != tenant && intersect(own.cores, partition.parts[other].cores) &&
        overlap(own.scratchpad, partition.parts[other].scratchpad))
      return true;
  return false;
}

}  // namespace systolith
