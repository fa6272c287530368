// A DRAM as a machine description would give it.
#pragma once

#include <string>

#include "hw/arch/machine.h"
#include "hw/dram/dram_standard.h"

namespace systolith {

inline DramConfig dram_config(const std::string& standard, std::int64_t channels = 1,
                              const std::string& mapping = "") {
  DramConfig config;
  config.standard = standard;
  config.channels = channels;
  config.mapping = mapping;
  config.facts = registration<DramStandard>(standard).create().facts(standard);
  return config;
}

}  // namespace systolith
