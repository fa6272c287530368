// Sections that several kinds of report have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "sim/report/json.h"

namespace systolith {

using Json = nlohmann::ordered_json;

constexpr int kReportVersion = 1;

// Causes of levels by the names that `levels` have.
Json engines_json(const std::vector<EngineReport>& reports,
                  const std::vector<MemoryLevelReport>& levels);
Json levels_json(const std::vector<MemoryLevelReport>& levels);
Json links_json(const std::vector<LinkTraffic>& links);
Json dram_json(const DramReport& dram, double bandwidth_fraction);
Json bandwidth_json(const BandwidthReport& bandwidth);
Json energy_json(const EnergyReport& energy);
Json area_json(const AreaReport& area);
Json host_json(const HostReport& host);

}  // namespace systolith
