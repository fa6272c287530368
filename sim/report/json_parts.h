// Sections that several kinds of report have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "sim/report/json.h"

namespace systolith {

using Json = nlohmann::ordered_json;

constexpr int kReportVersion = 1;

// Appends engines, levels, links, dram, bandwidth and energy.
void add_machine_sections(const MachineReport& report, Json& json);
Json energy_json(const EnergyReport& energy);
Json area_json(const AreaReport& area);
Json host_json(const HostReport& host);

}  // namespace systolith
