// The report for people: sections of text tables, in the order a reader asks.
#pragma once

#include <string>

#include "sim/report/report.h"

namespace systolith {

// Layers, engines, DRAM traffic, roofline, energy, and the totals last, where the eye lands.
std::string to_text(const Report& report);

std::string layer_section(const Report& report);
std::string engine_section(const Report& report);
// Empty where the machine has no levels.
std::string level_section(const Report& report);
std::string dram_section(const Report& report);
std::string roofline_section(const Report& report);
std::string energy_section(const Report& report);
std::string total_section(const Report& report);

}  // namespace systolith
